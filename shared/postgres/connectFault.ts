import { CollectError } from "../collect/collectError.ts";
import type { CatalogTarget } from "../collect/collector.ts";
import type { UnavailableReason } from "../model/section.ts";
import { codeOf, networkFault } from "./networkFault.ts";

/** Why the certificate of a server was not accepted, by Node's and OpenSSL's code. */
const certificateFaults: Readonly<Record<string, string>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is made out to other names",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate comes from an authority that is not trusted here",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate comes from an authority that is not known here",
  UNABLE_TO_GET_ISSUER_CERT: "its certificate comes from an authority that is not known here",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate comes from an authority that is not known here",
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
  CERT_REVOKED: "its certificate was revoked",
  CERT_SIGNATURE_FAILURE: "the signature of its certificate is wrong",
  CERT_UNTRUSTED: "its certificate is not trusted",
  INVALID_CA: "its certificate was issued by one that is no authority",
  INVALID_PURPOSE: "its certificate was not issued for servers",
};

/** Turns what a failed connection threw into a sentence about the server, the role and what helps. */
export function connectFault(error: unknown, target: CatalogTarget): CollectError {
  if (error instanceof CollectError) return error;
  const where = `${target.host}:${target.port}`;
  const network = networkFault(error, where);
  if (network !== undefined) return network;

  const code = codeOf(error) ?? "";
  const certificate = certificateFaults[code];
  if (certificate !== undefined) {
    return new CollectError("unreachable", `${where} was not trusted: ${certificate} (${code}).`, { cause: error });
  }
  const refused = refusal(code, where, target);
  if (refused !== undefined) return new CollectError(refused.reason, refused.sentence, { cause: error });
  if (isTlsCode(code)) {
    return new CollectError("unreachable", `${where} and this client could not agree on TLS (${code}).`, {
      cause: error,
    });
  }
  const named = code === "" ? "" : ` (${code})`;
  return new CollectError("unreachable", `The connection to ${where} did not come about${named}.`, { cause: error });
}

interface Refusal {
  readonly reason: UnavailableReason;
  readonly sentence: string;
}

function refusal(sqlState: string, where: string, { role, database }: CatalogTarget): Refusal | undefined {
  switch (sqlState) {
    case "28P01":
      return {
        reason: "denied",
        sentence:
          `${where} refused the password of role ${role} (28P01). Where only Entra authentication is on, the password ` +
          "must be an Entra token of the principal that the role is mapped to.",
      };
    case "28000":
      return {
        reason: "denied",
        sentence:
          `${where} does not let role ${role} log in (28000): the role is missing, may not log in, or is not mapped to ` +
          "the Entra principal that asks; an Entra administrator makes it with pgaadauth_create_principal.",
      };
    case "42501":
      return {
        reason: "denied",
        sentence:
          `Role ${role} may not connect to database ${database} of ${where} (42501). ` +
          "An administrator grants it CONNECT on the database.",
      };
    case "3D000":
      return { reason: "absent", sentence: `${where} has no database ${database} (3D000).` };
    case "55000":
      return {
        reason: "unreachable",
        sentence: `${where} lets nobody into database ${database} (55000): it allows no connections, or is half dropped.`,
      };
    case "53300":
      return { reason: "unreachable", sentence: `${where} has no connection left (53300).` };
    case "57P03":
      return { reason: "unreachable", sentence: `${where} is starting up or shutting down (57P03).` };
    case "57014":
      return { reason: "timeout", sentence: `${where} cancelled the login, which took too long (57014).` };
    default:
      return undefined;
  }
}

function isTlsCode(code: string): boolean {
  return code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_") || code === "EPROTO";
}
