import { CollectError } from "../collect/collectError.ts";
import type { CatalogTarget } from "../collect/collector.ts";
import { type RotationCode, RotationError } from "../rotate/rotationError.ts";
import { connectFault } from "./connectFault.ts";
import { codeOf, networkFault } from "./networkFault.ts";

/** What may be kept of an error of pg: its class and SQLSTATE. Its text, detail and query may quote a statement. */
interface DatabaseFault {
  readonly name: string;
  readonly code?: string;
}

/** What a login that did not come about means for a rotation; nothing was done. */
export function openFault(error: unknown, target: CatalogTarget): unknown {
  if (error instanceof RotationError) return error;
  const { reason, message } = connectFault(error, target);
  return new RotationError(message, { code: openCodes[reason], effect: "none", cause: databaseFault(error) });
}

export function noTls(where: string): RotationError {
  const message = `${where} offers no TLS, and nothing is sent without it.`;
  return new RotationError(message, { code: "DATABASE_REFUSED", effect: "none" });
}

const openCodes: Readonly<Record<CollectError["reason"], RotationCode>> = {
  denied: "DATABASE_REFUSED",
  absent: "DATABASE_REFUSED",
  shape: "DATABASE_REFUSED",
  timeout: "DATABASE_UNREACHABLE",
  unreachable: "DATABASE_UNREACHABLE",
  deadline: "DEADLINE",
};

export interface FailedStatement {
  readonly where: string;
  /** The statement's name; its text is in no error. */
  readonly statement: string;
  /** False: the session had ended before, so the statement never left. */
  readonly sent: boolean;
}

/**
 * What a failed statement means. An SQLSTATE says that the server refused it: nothing was done. Without one, or with one
 * that ends the session, COMMIT may have gone through (rotation.md, "Lost COMMIT reply").
 */
export function runFault(error: unknown, { where, statement, sent }: FailedStatement): RotationError {
  const cause = databaseFault(error);
  const ended = endedBy(error, where);
  if (ended !== undefined) {
    const [code, why] = ended;
    const effect = sent ? "unknown" : "none";
    const what = sent ? `Nobody knows whether ${statement} took effect` : `${statement} was not sent`;
    return new RotationError(`${what}: ${why}.`, { code, effect, cause });
  }
  const sqlState = cause.code ?? "";
  const message = `${where} refused ${statement} (${sqlState}).`;
  return new RotationError(message, { code: refusalCodes[sqlState] ?? "DATABASE_REFUSED", effect: "none", cause });
}

function endedBy(error: unknown, where: string): readonly [RotationCode, string] | undefined {
  if (error instanceof CollectError) {
    return error.reason === "deadline"
      ? ["DEADLINE", "the time for this run was over"]
      : ["DATABASE_UNREACHABLE", `${where} did not answer in time`];
  }
  const code = codeOf(error);
  if (code === undefined || networkFault(error, where) !== undefined || !sqlState.test(code)) {
    return ["DATABASE_UNREACHABLE", `the connection to ${where} ended`];
  }
  return endsSession(error, code) ? ["DATABASE_UNREACHABLE", `${where} ended the session (${code})`] : undefined;
}

const sqlState = /^[0-9A-Z]{5}$/;

/** Connection exceptions, shutdowns, time-outs of the session; and whatever else the server calls fatal. */
function endsSession(error: unknown, code: string): boolean {
  const isFatal = error instanceof Error && "severity" in error && ["FATAL", "PANIC"].includes(String(error.severity));
  return isFatal || code.startsWith("08") || code.startsWith("57P") || code === "25P03" || code === "25P04";
}

const refusalCodes: Readonly<Record<string, RotationCode>> = {
  "42501": "RIGHT_MISSING",
  "25006": "DATABASE_IN_RECOVERY",
};

/** Of the cause where one of our own errors brings one. */
export function databaseFault(error: unknown): DatabaseFault {
  const source = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = codeOf(source);
  return { name: nameOf(source), ...(code !== undefined && { code }) };
}

function nameOf(source: unknown): string {
  const isNamed = typeof source === "object" && source !== null && "name" in source && typeof source.name === "string";
  return isNamed ? (source.name as string) : typeof source;
}
