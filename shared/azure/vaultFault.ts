import * as v from "valibot";
import type { SecretRef } from "../model/credential.ts";
import { type RotationCode, RotationError } from "../rotate/rotationError.ts";
import { identityErrors } from "./armFault.ts";
import { type AzureFault, azureFault } from "./azureFault.ts";
import { retryAfterOf } from "./requestRetry.ts";

/** What was asked of the vault, as the end of a sentence. */
export type VaultVerb = "read" | "listed" | "written" | "changed" | "recovered";

export interface VaultCall {
  readonly secret: SecretRef;
  readonly verb: VaultVerb;
  /** The call may have taken effect: an answer was lost on the way. */
  readonly isUnsure: boolean;
}

/** What a failed call to Key Vault means for a rotation. Nothing of the request or of the service's text is kept. */
export function vaultFault(error: unknown, call: VaultCall, signal: AbortSignal): unknown {
  if (error instanceof RotationError) return error;
  const fault = azureFault(error);
  const verdict = signal.aborted ? deadline : verdictOf(error, fault, call.secret);
  // A bug of ours: neither the SDK's nor the network's.
  if (verdict === undefined) return error;
  const { name, vault } = call.secret;
  const did = call.isUnsure ? "may or may not have been" : "was not";
  return new RotationError(`Secret ${name} of ${vault} ${did} ${call.verb}: ${verdict.why}.`, {
    code: verdict.code,
    effect: call.isUnsure ? "unknown" : "none",
    remedy: verdict.remedy ?? null,
    retryAfterMs: verdict.code === "VAULT_THROTTLED" ? retryAfterOf(error) : null,
    cause: fault,
  });
}

/** Code below the error's own, such as `SecretDisabled` below `Forbidden`. */
export function innerCodeOf(error: unknown): string | undefined {
  const parsed = v.safeParse(InnerError, error);
  return parsed.success ? parsed.output.details.error.innerError.code : undefined;
}

const InnerError = v.object({
  details: v.object({ error: v.object({ innerError: v.object({ code: v.string() }) }) }),
});

interface Verdict {
  readonly code: RotationCode;
  readonly why: string;
  readonly remedy?: string;
}

const deadline: Verdict = { code: "DEADLINE", why: "the time for this run was over" };

function verdictOf(error: unknown, fault: AzureFault, secret: SecretRef): Verdict | undefined {
  const { name, code, statusCode } = fault;
  if (statusCode !== undefined) return answered(error, fault, statusCode, secret);
  if (identityErrors.includes(name)) {
    return { code: "VAULT_DENIED", why: `the identity got no token for Key Vault (${name})` };
  }
  // The limit of one try ends it as if somebody had aborted it.
  if (name === "AbortError") return { code: "VAULT_UNREACHABLE", why: "the vault did not answer in time" };
  if (name === "RestError") {
    return { code: "VAULT_UNREACHABLE", why: `the vault cannot be reached (${code ?? "no code"})` };
  }
  // How the client says that an address is no vault of the cloud whose token it would be given.
  if (name === "Error") return { code: "VAULT_DENIED", why: "the address did not prove to be a Key Vault" };
  return undefined;
}

function answered(error: unknown, fault: AzureFault, status: number, secret: SecretRef): Verdict {
  const inner = innerCodeOf(error);
  const told = `${status}${named(inner ?? fault.code)}`;
  const target = `--vault-name ${vaultName(secret.vault)} --name ${secret.name}`;
  switch (status) {
    case 400:
      return { code: "SECRET_REFUSED", why: `the vault does not take it (${told})` };
    case 401:
      return { code: "VAULT_DENIED", why: `the vault did not accept the identity's token (${told})` };
    case 403:
      if (inner === "SecretDisabled") {
        const remedy = `az keyvault secret set-attributes ${target} --version <version> --enabled true`;
        return { code: "SECRET_DISABLED", why: "that version is disabled", remedy };
      }
      return { code: "VAULT_DENIED", why: `the vault refused this identity (${told})`, remedy: remedyOf(inner) };
    case 404:
      return { code: "SECRET_MISSING", why: "there is no such secret or version" };
    case 408:
      return { code: "VAULT_UNREACHABLE", why: "the vault did not answer in time (408)" };
    case 409:
      return conflict(inner, told, target);
    case 429:
      return { code: "VAULT_THROTTLED", why: "the vault takes no more requests for now (429)" };
    default:
      if (error instanceof Error && saysReadOnly(status, error.message))
        return { code: "VAULT_READ_ONLY", why: "the vault is read-only: its region failed" };
      if (status >= 500) return { code: "VAULT_UNREACHABLE", why: `the vault is broken for now (${told})` };
      return { code: "SECRET_REFUSED", why: `the vault did not understand the request (${told})` };
  }
}

function conflict(inner: string | undefined, told: string, target: string): Verdict {
  if (inner === "ObjectIsDeletedButRecoverable") {
    const remedy = `az keyvault secret recover ${target}`;
    return { code: "SECRET_DELETED", why: "it was deleted and can be recovered", remedy };
  }
  if (inner === "ObjectIsBeingRecovered") return { code: "SECRET_DELETED", why: "it is still being recovered" };
  // Two writes of one name at the same time.
  return { code: "VAULT_THROTTLED", why: `another request changes it at this moment (${told})` };
}

const rights = "getSecret, setSecret, readMetadata, update and recover";

function remedyOf(inner: string | undefined): string {
  if (inner === "ForbiddenByFirewall" || inner === "ForbiddenByConnection") {
    return "Let this app's network reach the vault: a private endpoint, or a rule of the vault's firewall.";
  }
  return `Grant the rotator's identity ${rights} on this secret; "pgwarden credentials init" prints the role.`;
}

/**
 * The only word by which a failover shows is in the message: 503 ServiceUnavailable, 'Operation "SecretSet" is
 * unavailable: the service is currently in a read-only state' (MSEndpointMgr/CloudLAPS#70).
 */
export function saysReadOnly(status: number, text: string): boolean {
  return status === 503 && /read-only state/i.test(text);
}

function named(code: string | undefined): string {
  return code === undefined ? "" : `, ${code}`;
}

/** `orders-kv` of `https://orders-kv.vault.azure.net`. */
function vaultName(vault: string): string {
  return new URL(vault).hostname.split(".")[0] ?? vault;
}
