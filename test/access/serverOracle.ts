import pg from "pg";
import type { DrawnGraph } from "./drawnGraph.ts";

/** What the server itself answers. */
export interface Oracle {
  usage(member: string, role: string): boolean;
  /** The privileges of `role` after one SET ROLE at most. */
  usageAfterSet(member: string, role: string): boolean;
  /** The same once the member has granted itself all that the server lets it. */
  ever(member: string, role: string): boolean;
  /** The server refused one of those grants because it would have closed a circle. */
  metCircle(member: string): boolean;
}

/** Asks about every pair, then lets every role try; leaves the transaction as it found it. */
export async function oracleOf(client: pg.Client, { roles }: DrawnGraph, major: number): Promise<Oracle> {
  const names = roles.map(({ name }) => name);
  const now = await reachable(client, names, major);
  const later = new Map<string, Reachable>();
  const circles = new Set<string>();
  for (const actor of names) {
    await client.query("savepoint actor");
    if (await grantEverything(client, actor, names, major)) circles.add(actor);
    later.set(actor, await reachable(client, names, major));
    await client.query("rollback to actor");
  }
  return {
    usage: (member, role) => now.usage.has(pair(member, role)),
    usageAfterSet: (member, role) => afterSet(now, names, member, role),
    ever: (member, role) => afterSet(later.get(member) ?? now, names, member, role),
    metCircle: (member) => circles.has(member),
  };
}

/** Whether a role can grant itself another, tried and undone. */
export async function canGrantItself(client: pg.Client, actor: string, role: string, major: number): Promise<boolean> {
  await client.query("savepoint itself");
  const answer = await tryGrant(client, actor, actor, role, major);
  await client.query("rollback to itself");
  return answer === "granted";
}

interface Reachable {
  readonly usage: ReadonlySet<string>;
  readonly set: ReadonlySet<string>;
}

function pair(member: string, role: string): string {
  return `${member}/${role}`;
}

function afterSet({ usage, set }: Reachable, names: readonly string[], member: string, role: string): boolean {
  return names.some((via) => (via === member || set.has(pair(member, via))) && usage.has(pair(via, role)));
}

async function reachable(client: pg.Client, names: readonly string[], major: number): Promise<Reachable> {
  const { rows } = await client.query<{ pair: string; usage: boolean; set: boolean }>(
    `select m.name || '/' || r.name as "pair",
            pg_catalog.pg_has_role(m.name, r.name, 'USAGE') as "usage",
            pg_catalog.pg_has_role(m.name, r.name, $2) as "set"
       from unnest($1::name[]) m (name) cross join unnest($1::name[]) r (name)`,
    [names, major >= 16 ? "SET" : "MEMBER"],
  );
  return {
    usage: new Set(rows.filter(({ usage }) => usage).map((row) => row.pair)),
    set: new Set(rows.filter(({ set }) => set).map((row) => row.pair)),
  };
}

/** As each role it can become, the actor grants itself each role, until nothing changes. */
async function grantEverything(
  client: pg.Client,
  actor: string,
  names: readonly string[],
  major: number,
): Promise<boolean> {
  let metCircle = false;
  const granted = new Set<string>();
  for (let before = -1; before !== granted.size;) {
    before = granted.size;
    const { set } = await reachable(client, names, major);
    for (const via of names.filter((name) => name === actor || set.has(pair(actor, name)))) {
      for (const role of names.filter((name) => name !== actor && !granted.has(name))) {
        const answer = await tryGrant(client, actor, via, role, major);
        if (answer === "granted") granted.add(role);
        if (answer === "circle") metCircle = true;
      }
    }
  }
  return metCircle;
}

/** Without ADMIN: PostgreSQL refuses to give that back to one's own grantor, and who may grant a role needs none. */
async function tryGrant(
  client: pg.Client,
  actor: string,
  via: string,
  role: string,
  major: number,
): Promise<"granted" | "refused" | "circle"> {
  await client.query("savepoint attempt");
  try {
    await client.query(`set local session authorization ${actor}; set local role ${via};
      grant ${role} to ${actor} ${major >= 16 ? "with inherit true, set true" : ""};
      reset role; reset session authorization; release attempt`);
    return "granted";
  } catch (error) {
    await client.query("rollback to attempt; release attempt");
    if (!(error instanceof pg.DatabaseError)) throw error;
    // Insufficient privilege, or "no possible grantors": ADMIN is behind a role that must be SET first.
    if (error.code === "42501" || error.code === "XX000") return "refused";
    if (error.code === "0LP01") return "circle";
    throw error;
  }
}
