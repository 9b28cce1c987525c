import * as v from "valibot";
import { CollectError } from "../collect/collectError.ts";
import { type RotationCode, RotationError } from "../rotate/rotationError.ts";
import { identityErrors } from "./armFault.ts";
import { type AzureFault, azureFault } from "./azureFault.ts";
import { retryAfterOf } from "./requestRetry.ts";

/** What a failed read through `ArmReader` means for a rotation. */
export function readFault(error: unknown, server: string): unknown {
  if (error instanceof CollectError) {
    const code = readCodes[error.reason] ?? "ARM_REFUSED";
    const message = `Server ${server} was not read: ${error.message}`;
    return new RotationError(message, { code, effect: "none", remedy: remedies[code] ?? null, cause: error.cause });
  }
  if (!v.isValiError(error)) return error;
  const message = `The state of an operation on server ${server} is not understood.`;
  return new RotationError(message, { code: "ARM_REFUSED", effect: "none" });
}

const readCodes: Readonly<Partial<Record<CollectError["reason"], RotationCode>>> = {
  denied: "ARM_DENIED",
  absent: "SERVER_MISSING",
  timeout: "ARM_UNREACHABLE",
  unreachable: "ARM_UNREACHABLE",
  deadline: "DEADLINE",
};

const remedies: Readonly<Partial<Record<RotationCode, string>>> = {
  ARM_DENIED:
    "Grant the identity Microsoft.DBforPostgreSQL/flexibleServers/read, flexibleServers/write and " +
    "locations/azureAsyncOperation/read on the server.",
};

export interface Submission {
  readonly server: string;
  /** The request may have arrived without its answer coming back. */
  readonly isUnsure: boolean;
}

/** What a failed change of the administrator's password means. The SDK's error holds the password: it is not kept. */
export function submitFault(error: unknown, { server, isUnsure }: Submission, signal: AbortSignal): unknown {
  const fault = azureFault(error);
  const verdict = signal.aborted ? late : verdictOf(fault);
  if (verdict === undefined) return error;
  const [code, why] = verdict;
  const did = isUnsure ? "may or may not have been" : "was not";
  return new RotationError(`The administrator's password of server ${server} ${did} changed: ${why}.`, {
    code,
    effect: isUnsure ? "unknown" : "none",
    remedy: remedies[code] ?? null,
    retryAfterMs: code === "ARM_BUSY" ? retryAfterOf(error) : null,
    cause: fault,
  });
}

type Verdict = readonly [RotationCode, string];

const late: Verdict = ["DEADLINE", "the time for this run was over"];

/** Both words for "busy" were seen, and both 409 and 400 are told of. */
const busyCodes = /busy|notready|inprogress|conflict/i;

function verdictOf({ name, code, statusCode }: AzureFault): Verdict | undefined {
  if (statusCode === undefined) return unanswered(name, code);
  const told = code === undefined ? `${statusCode}` : `${statusCode}, ${code}`;
  if (statusCode === 409 || (statusCode === 400 && busyCodes.test(code ?? ""))) {
    return ["ARM_BUSY", `the server is busy with another operation or not ready (${told})`];
  }
  if (statusCode === 429) return ["ARM_BUSY", "Azure Resource Manager takes no more requests for now (429)"];
  if (statusCode === 401 || statusCode === 403) return ["ARM_DENIED", `this identity was refused (${told})`];
  if (statusCode === 404) return ["SERVER_MISSING", `there is no such server (${told})`];
  if (statusCode === 408 || statusCode >= 500) return ["ARM_UNREACHABLE", `the service is broken for now (${told})`];
  return ["ARM_REFUSED", `the change was refused (${told})`];
}

function unanswered(name: string, code: string | undefined): Verdict | undefined {
  if (identityErrors.includes(name)) return ["ARM_DENIED", `the identity got no token (${name})`];
  if (name === "AbortError") return ["ARM_UNREACHABLE", "there was no answer in time"];
  if (name === "RestError") return ["ARM_UNREACHABLE", `the service cannot be reached (${code ?? "no code"})`];
  // What the client checks before it sends: the subscription's id and the server's name.
  return name === "Error" ? ["ARM_REFUSED", "the client does not take the server's id"] : undefined;
}
