import type { Lease, LoginOutcome, RotationPorts, SqlSession, Statement } from "../../shared/rotate/ports.ts";
import { RotationError, type RotationCode } from "../../shared/rotate/rotationError.ts";

/**
 * `before`: the effect did not happen, and its caller learns of a failure. `after`: it happened, and the answer was
 * lost. `twice`: it was sent again. With `diesBefore` and `diesAfter` the worker is gone, and its sessions with it.
 */
export type CutKind = "before" | "after" | "twice" | "diesBefore" | "diesAfter";

export const cutKinds: readonly CutKind[] = ["before", "after", "twice", "diesBefore", "diesAfter"];

export interface Cut {
  /** Counts from 0 over all effects of a tick, in order; a name is the first effect that has it. */
  readonly effect: number | string;
  readonly kind: CutKind;
}

export interface CutOptions {
  readonly cut?: Cut;
  /** Awaited before and after each effect, with the count of those that were begun before it. */
  readonly around?: (moment: "before" | "after", effect: number, name: string) => Promise<void>;
}

export interface CutWorker {
  readonly ports: RotationPorts;
  /** Names of the effects so far, such as `secrets.write orders-app` or `sql transaction.commit`. */
  readonly effects: readonly string[];
  /** Ends the worker's sessions, as an administrator or a failover does. */
  killSessions(): Promise<void>;
}

/** What a worker's process throws once it is gone; no code of ours may catch it for good. */
export class WorkerDied extends Error {
  override readonly name = "WorkerDied";
}

type Area = "secrets" | "database" | "sql" | "logins" | "administration" | "leases" | "lease";

const codes: Readonly<Record<Area, RotationCode>> = {
  secrets: "VAULT_UNREACHABLE",
  database: "DATABASE_UNREACHABLE",
  sql: "DATABASE_UNREACHABLE",
  logins: "DATABASE_UNREACHABLE",
  administration: "ARM_UNREACHABLE",
  leases: "LEASE_LOST",
  lease: "LEASE_LOST",
};

/** Ports over others, memory or real, whose every effect can be cut. */
export function cutPorts(ports: RotationPorts, { cut, around }: CutOptions = {}): CutWorker {
  const effects: string[] = [];
  const sessions: SqlSession[] = [];
  let isDead = false;

  async function killSessions(): Promise<void> {
    await Promise.all(sessions.map((session) => session.close()));
  }

  function lost(area: Area, name: string, effect: "none" | "unknown"): LoginOutcome {
    if (area === "logins") return { state: "unanswered", detail: "the connection was lost." };
    throw new RotationError(`${name} was cut.`, { code: codes[area], effect });
  }

  async function call(area: Area, name: string, work: () => Promise<unknown>): Promise<unknown> {
    if (isDead) throw new WorkerDied(name);
    const index = effects.length;
    const isCut = cut?.effect === index || (cut?.effect === name && !effects.includes(name));
    effects.push(name);
    await around?.("before", index, name);
    const kind = isCut ? cut.kind : undefined;
    const answer = await done(area, name, kind, work);
    await around?.("after", index, name);
    return answer;
  }

  async function done(
    area: Area,
    name: string,
    kind: CutKind | undefined,
    work: () => Promise<unknown>,
  ): Promise<unknown> {
    if (kind === "before" || kind === "diesBefore") return fail(area, name, kind, "none");
    const answer = await work();
    if (kind === "twice") return work();
    if (kind === "after" || kind === "diesAfter") return fail(area, name, kind, "unknown");
    return answer;
  }

  async function fail(area: Area, name: string, kind: CutKind, effect: "none" | "unknown"): Promise<unknown> {
    if (kind === "diesBefore" || kind === "diesAfter") {
      isDead = true;
      await killSessions();
      throw new WorkerDied(name);
    }
    // A statement without an answer is a connection that is gone.
    if (area === "sql") await killSessions();
    return lost(area, name, effect);
  }

  function wrap<T extends object>(area: Area, target: T, adopt: (answer: unknown) => unknown = (answer) => answer): T {
    return new Proxy(target, {
      get(object, property, receiver) {
        const member: unknown = Reflect.get(object, property, receiver);
        if (typeof member !== "function") return member;
        return async (...args: unknown[]) =>
          adopt(
            await call(area, nameOf(area, String(property), args), () =>
              Promise.resolve(Reflect.apply(member, object, args) as unknown),
            ),
          );
      },
    });
  }

  function adoptSession(answer: unknown): unknown {
    const session = answer as SqlSession;
    sessions.push(session);
    return wrap("sql", session);
  }

  return {
    effects,
    killSessions,
    ports: {
      ...ports,
      secrets: wrap("secrets", ports.secrets),
      database: wrap("database", ports.database, adoptSession),
      logins: wrap("logins", ports.logins),
      administration: wrap("administration", ports.administration),
      leases: wrap("leases", ports.leases, (answer) =>
        answer === undefined ? answer : wrap("lease", answer as Lease),
      ),
    },
  };
}

function nameOf(area: Area, method: string, args: readonly unknown[]): string {
  const [first] = args;
  if (area === "sql" && method === "run") return `sql ${(first as Statement).name}`;
  if (area === "secrets") return `secrets.${method} ${(first as { readonly name: string }).name}`;
  return `${area}.${method}`;
}
