import type { Client } from "pg";
import type { LoginOutcome, LoginProbe } from "../rotate/ports.ts";
import { connectFault } from "./connectFault.ts";
import type { HostOverrides } from "./hostRoute.ts";
import { codeOf } from "./networkFault.ts";
import { closeClient, tlsClient } from "./tlsClient.ts";
import { withinTime } from "./withinTime.ts";

export interface LoginProbeOptions {
  readonly hosts?: HostOverrides;
  /** Of one login, from the first packet to the last answer. */
  readonly timeoutMs?: number;
}

/**
 * Logs in with a password over verified TLS and closes at once. What counts is AuthenticationOk on the wire: no right to
 * the database, too many connections and NOLOGIN come after it and say nothing of the password. It never throws.
 */
export function loginProbe({ hosts = {}, timeoutMs = 15_000 }: LoginProbeOptions = {}): LoginProbe {
  return {
    async login({ host }, { user, password }, database, signal) {
      const target = { host, port: 5432, database, role: user, applicationName: "pgwarden-login" };
      const made = tlsClient(target, password, hosts);
      const exchange = watch(made.client);
      try {
        await withinTime(`${host}:5432`, timeoutMs, signal, () => made.client.connect());
        return outcomeOf(exchange, null) ?? unchecked(user, host);
      } catch (error) {
        const code = codeOf(error);
        const outcome = outcomeOf(exchange, code ?? null);
        if (outcome !== undefined) return outcome;
        if (exchange.isOpen) return unchecked(user, host);
        if (code === "28P01" || code === "28000") return { state: "rejected", sqlState: code };
        if (!made.offersTls()) return { state: "unanswered", detail: `${host}:5432 offers no TLS.` };
        return { state: "unanswered", detail: connectFault(error, target).message };
      } finally {
        await closeClient(made);
      }
    },
  };
}

interface Exchange {
  /** The server asked for the password. */
  isAsked: boolean;
  /** AuthenticationOk was seen. */
  isOpen: boolean;
}

function watch({ connection }: Client): Exchange {
  const exchange = { isAsked: false, isOpen: false };
  for (const question of ["authenticationSASL", "authenticationMD5Password", "authenticationCleartextPassword"]) {
    connection.on(question, () => {
      exchange.isAsked = true;
    });
  }
  connection.on("authenticationOk", () => {
    exchange.isOpen = true;
  });
  return exchange;
}

function outcomeOf({ isAsked, isOpen }: Exchange, afterwards: string | null): LoginOutcome | undefined {
  if (!isAsked || !isOpen) return undefined;
  return { state: "accepted", afterwards: afterwards !== null && /^[0-9A-Z]{5}$/.test(afterwards) ? afterwards : null };
}

/** With `trust` in pg_hba.conf every password would look right. */
function unchecked(user: string, host: string): LoginOutcome {
  return { state: "unanswered", detail: `${host}:5432 lets role ${user} in without asking for its password.` };
}
