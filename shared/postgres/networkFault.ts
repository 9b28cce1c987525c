import { CollectError } from "../collect/collectError.ts";

/** Code of a Node system, TLS or OpenSSL error, or an SQLSTATE of pg's; undefined for everything else. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** What a socket's error says of `where` (`host:port`), or undefined when it is none of the network's. */
export function networkFault(error: unknown, where: string): CollectError | undefined {
  // Several addresses were tried: they failed alike in all cases that matter.
  const cause = firstOf(error);
  const code = codeOf(cause);
  if (code === undefined) return undefined;
  const known = sentences[code];
  return known === undefined ? undefined : new CollectError(known.reason, `${where} ${known.sentence}.`, { cause });
}

function firstOf(error: unknown): unknown {
  if (typeof error !== "object" || error === null || !("errors" in error)) return error;
  return Array.isArray(error.errors) && error.errors.length > 0 ? (error.errors[0] as unknown) : error;
}

const sentences: Readonly<Record<string, { reason: "unreachable" | "timeout"; sentence: string }>> = {
  ECONNREFUSED: { reason: "unreachable", sentence: "refused the connection" },
  ECONNRESET: { reason: "unreachable", sentence: "broke the connection off" },
  EPIPE: { reason: "unreachable", sentence: "broke the connection off" },
  EHOSTUNREACH: { reason: "unreachable", sentence: "cannot be reached: there is no route to it" },
  ENETUNREACH: { reason: "unreachable", sentence: "cannot be reached: there is no route to its network" },
  EADDRNOTAVAIL: { reason: "unreachable", sentence: "cannot be reached from here" },
  ENOTFOUND: { reason: "unreachable", sentence: "cannot be reached: its name does not resolve" },
  EAI_AGAIN: { reason: "unreachable", sentence: "cannot be reached: the name service gave no answer" },
  ETIMEDOUT: { reason: "timeout", sentence: "did not answer in time" },
};
