import type { CatalogContext, Session } from "../../model/catalogEvidence.ts";
import { isPlatformRole } from "../role/platformRoles.ts";

/** Replication clients come over the network like any other. */
const clientBackends = ["client backend", "walsender"];

/** Sessions that customers opened over the network. A local socket has no network to read along on. */
export function clientSessions(sessions: readonly Session[]): readonly Session[] {
  return sessions.filter(
    ({ backendType, role, network }) =>
      clientBackends.includes(backendType ?? "") && !isPlatformRole(role ?? "") && network !== null,
  );
}

/** Sessions by role, in the order in which roles appear; a session without a role is the empty name's. */
export function sessionsByRole(sessions: readonly Session[]): ReadonlyMap<string, readonly Session[]> {
  return Map.groupBy(sessions, ({ role }) => role ?? "");
}

export function sessionCount(sessions: readonly Session[]): number {
  return sessions.reduce((sum, { count }) => sum + count, 0);
}

/** `1 session`, `12 sessions`. */
export function sessionsText(sessions: readonly Session[]): string {
  const count = sessionCount(sessions);
  return `${count} session${count === 1 ? "" : "s"}`;
}

/** `orders-api from 10.1.2.0/24`, the first three of them. */
export function clientsOf(sessions: readonly Session[]): string {
  const clients = sessions.map(
    ({ applicationName, network }) =>
      `${applicationName === "" ? "a client" : applicationName} from ${network ?? "the server itself"}`,
  );
  const distinct = [...new Set(clients)];
  const more = distinct.length > 3 ? ` and ${distinct.length - 3} more` : "";
  return `${distinct.slice(0, 3).join(", ")}${more}`;
}

/**
 * Whether the login sees the encryption of other roles' sessions. Without pg_read_all_stats PostgreSQL hides backend
 * type, address and TLS of everyone else, which must not be read as an absence.
 */
export function seesSessions(context: readonly CatalogContext[]): boolean {
  return context.every(({ seesStats }) => seesStats) && context.length > 0;
}
