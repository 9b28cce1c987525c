import { waysPastRowSecurity } from "../access/rowSecurityBypass.ts";
import type { ProtectedTable } from "../model/databaseEvidence.ts";
import type { Snapshot } from "../model/drift.ts";
import type { AccessPair } from "./accessPair.ts";
import { BypassCauses } from "./bypassCauses.ts";
import { BypassComparison } from "./bypassComparison.ts";
import type { BypassDifference, BypassGain } from "./bypassGains.ts";
import { ChangedWays } from "./changedWays.ts";
import type { Change } from "./changes.ts";
import { type DatabaseSides, databaseSides } from "./databaseSide.ts";
import { movedLogins } from "./movedLogins.ts";
import { touchedRoles } from "./touchedRoles.ts";

const relevantParts: ReadonlySet<Change["part"]> = new Set([
  "roles",
  "memberships",
  "sharedAcls",
  "databases",
  "acls",
  "protectedTables",
  "partitions",
  "definerFunctions",
  "protectedViews",
  "publications",
]);

/**
 * Who gets past row security on one side and not on the other, over tables that are protected on both, each under the
 * causes that its way leads over. Only ways that a change can have moved are walked, and ways that the same roles have
 * are compared once, whatever they lead through: it is the distinct answers that cost, not logins times views.
 *
 * @param access asked for when there is a change that matters
 * @param causeOf the cause of every change, by key
 */
export function bypassDifference(
  before: Snapshot,
  after: Snapshot,
  changes: readonly Change[],
  causeOf: ReadonlyMap<string, string>,
  access: () => AccessPair | undefined,
): BypassDifference {
  const relevant = changes.filter(({ part }) => relevantParts.has(part));
  const [gained, lost] = [new Map<string, BypassGain[]>(), new Map<string, BypassGain[]>()];
  let logins: readonly string[] = [];
  const isServers = relevant.some(({ database }) => database === null);
  const names = Object.keys(after.databases).filter(
    (name) => isServers || relevant.some(({ database }) => database === name),
  );
  for (const name of relevant.length === 0 ? [] : names) {
    const sides = databaseSides(name, before, after);
    if (sides === undefined || !isProtected(sides)) continue;
    const pair = access();
    if (pair === undefined) break;
    logins = pair.after.graph.names;
    compareDatabase(sides, pair, relevant, causeOf, { gained, lost });
  }
  return { gained, lost, names: logins };
}

function isProtected({ before, after }: DatabaseSides): boolean {
  return before.protectedTables?.length !== 0 && after.protectedTables?.length !== 0;
}

type Found = Map<string, BypassGain[]>;

function compareDatabase(
  sides: DatabaseSides,
  access: AccessPair,
  changes: readonly Change[],
  causeOf: ReadonlyMap<string, string>,
  { gained, lost }: { readonly gained: Found; readonly lost: Found },
): void {
  const { before, after } = access;
  const database = sides.after.name;
  const both = {
    database,
    causes: new BypassCauses(sides, changes, causeOf),
    changed: new ChangedWays(after.graph, database, causeOf),
    isTouched: touchedIn(sides, touchedRoles(access, changes)),
    moved: movedLogins(access, changes),
  };
  const gains = new BypassComparison(both, after, before, gained);
  const losses = new BypassComparison(both, before, after, lost);
  const old = waysPastRowSecurity(before.roles, sides.before);
  const now = waysPastRowSecurity(after.roles, sides.after);
  const tables = new Map((sides.before.protectedTables ?? []).map((table) => [idOf(table), table]));
  for (const table of sides.after.protectedTables ?? []) {
    const previous = tables.get(idOf(table));
    if (previous === undefined) continue;
    const [was, is] = [
      { table: previous, ways: old(previous) },
      { table, ways: now(table) },
    ];
    gains.compare(is, was);
    losses.compare(was, is);
  }
}

/** What is true of the owner of a database is true of `pg_database_owner`, which no membership leads to. */
function touchedIn({ before, after }: DatabaseSides, isTouched: (role: string) => boolean): (role: string) => boolean {
  const isOwnerTouched = [before.owner, after.owner].some((owner) => owner !== null && isTouched(owner));
  return (role) => isTouched(role) || (isOwnerTouched && role === "pg_database_owner");
}

function idOf({ schema, table }: ProtectedTable): string {
  return `${schema}\0${table}`;
}
