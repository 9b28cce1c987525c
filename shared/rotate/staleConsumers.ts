import * as v from "valibot";
import { readSessions } from "./preflightSql.ts";
import type { PublishedVersion } from "./observation.ts";
import { sqlSession, type TickContext } from "./tickContext.ts";
import type { Remark } from "./tickReport.ts";

const Sessions = v.array(v.object({ application: v.string(), client: v.string(), sessions: v.number() }));

/**
 * Who may still be using the role that is about to get a new password: consumers that read before the last rotation.
 * It guards the opening of an intent; an open one goes on all the same.
 *
 * @returns null when nobody does
 */
export async function staleConsumers(
  context: TickContext,
  role: string,
  published: PublishedVersion | null,
): Promise<Remark | null> {
  const { credential, ports, signal } = context;
  const remedy = "Have them read the secret again (restart them, or refresh their references), or end their sessions.";
  if (published !== null) {
    const free = new Date(Date.parse(published.createdAt) + credential.overlapMs);
    if (ports.now() < free) {
      const message = `Role ${role} is kept as it is until ${free.toISOString()} for consumers that read it before.`;
      return { code: "STALE_CONSUMER", message, remedy: null };
    }
  }
  const sessions = v.parse(Sessions, await sqlSession(context).run(readSessions, [role], signal));
  if (sessions.length === 0) return null;
  const who = sessions.map((found) => `${found.application || "unnamed"} from ${found.client} (${found.sessions})`);
  return { code: "STALE_CONSUMER", message: `Role ${role} is still in use by ${who.join(", ")}.`, remedy };
}
