import { CollectError } from "../collect/collectError.ts";
import type { UnavailableReason } from "../model/section.ts";
import { codeOf, networkFault } from "./networkFault.ts";

const reasons: Readonly<Record<string, readonly [UnavailableReason, string]>> = {
  "42501": ["denied", "a right is missing"],
  "42883": ["absent", "it has no such function"],
  "42P01": ["absent", "it has no such relation"],
  "3F000": ["absent", "it has no such schema"],
  "57014": ["timeout", "the statement took too long or was cancelled"],
  "55P03": ["timeout", "a lock was not free in time"],
  "25P03": ["timeout", "the transaction was idle for too long"],
  "57P01": ["unreachable", "the server ended the connection"],
  "57P02": ["unreachable", "the server crashed"],
  "57P03": ["unreachable", "the server is starting up or shutting down"],
};

/** What a failed statement threw, as a sentence without the server's own text, which may quote rows. */
export function statementFault(error: unknown, where: string): CollectError {
  if (error instanceof CollectError) return error;
  const network = networkFault(error, where);
  if (network !== undefined) return network;
  const code = codeOf(error);
  if (code === undefined) return new CollectError("unreachable", `The connection to ${where} ended.`, { cause: error });
  const [reason, why] = reasons[code] ?? ["shape", "it does not fit this server"];
  return new CollectError(reason, `${where} refused a catalog query: ${why} (${code}).`, { cause: error });
}
