import type { BypassKind, BypassPath } from "../access/bypassPath.ts";
import { type TableWays, waysPastRowSecurity } from "../access/rowSecurityBypass.ts";
import { type Need, wayWithAll } from "../access/need.ts";
import { compareHow, type Way, wayOf } from "../access/way.ts";
import type { ProtectedTable } from "../model/databaseEvidence.ts";
import type { Snapshot } from "../model/drift.ts";
import type { Severity } from "../model/server.ts";
import type { Access, AccessPair } from "./accessPair.ts";
import { BypassCauses } from "./bypassCauses.ts";
import type { Change } from "./changes.ts";
import { type DatabaseSides, databaseSides } from "./databaseSide.ts";
import { atMost, severities } from "./judgement.ts";
import { movedLogins } from "./movedLogins.ts";
import { touchedRoles } from "./touchedRoles.ts";

/** A login's way past the row security of one table, which it has on one side only, or there more directly. */
export interface BypassGain {
  readonly login: string;
  readonly database: string;
  readonly table: ProtectedTable;
  readonly path: BypassPath;
  readonly way: Way;
  readonly severity: Severity;
}

/** What one cause gave one login, or took from it. */
export interface LoginBypass {
  /** The gravest one. */
  readonly gain: BypassGain;
  /** How many there are beside it. */
  readonly others: number;
}

/** By cause, then by login. */
export type Bypasses = ReadonlyMap<string, ReadonlyMap<string, LoginBypass>>;

export interface BypassDifference {
  readonly gained: Bypasses;
  readonly lost: Bypasses;
}

/** Kinds that lift row security altogether: who has one gains nothing by any other way. */
export const lifting: ReadonlySet<BypassKind> = new Set(["superuser", "bypassRls", "owner", "azure_pg_admin"]);

/**
 * roles.md §6.2. What a function does with a table that it names is not known, a publication needs a client of its own,
 * and who empties a table or tries keys sees no row.
 */
const weights: Readonly<Record<BypassKind, Severity>> = {
  superuser: "critical",
  bypassRls: "critical",
  owner: "critical",
  azure_pg_admin: "critical",
  partition: "critical",
  view: "critical",
  materializedView: "critical",
  definerFunction: "high",
  publication: "high",
  truncate: "medium",
  references: "low",
};

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
 * causes that its way leads over. Only ways that a change can have moved are walked, and of logins that did not move
 * none is asked about.
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
  const [gained, lost] = [new Found(), new Found()];
  const isServers = relevant.some(({ database }) => database === null);
  const names = Object.keys(after.databases).filter(
    (name) => isServers || relevant.some(({ database }) => database === name),
  );
  for (const name of relevant.length === 0 ? [] : names) {
    const sides = databaseSides(name, before, after);
    if (sides === undefined || !isProtected(sides)) continue;
    const pair = access();
    if (pair === undefined) break;
    compareDatabase(sides, pair, relevant, causeOf, { gained, lost });
  }
  return { gained: gained.byCause, lost: lost.byCause };
}

function isProtected({ before, after }: DatabaseSides): boolean {
  return before.protectedTables?.length !== 0 && after.protectedTables?.length !== 0;
}

class Found {
  readonly byCause = new Map<string, Map<string, LoginBypass>>();

  add(cause: string, gain: BypassGain): void {
    const logins = this.byCause.get(cause) ?? new Map<string, LoginBypass>();
    this.byCause.set(cause, logins);
    const known = logins.get(gain.login);
    const isGraver = known === undefined || severities.indexOf(gain.severity) < severities.indexOf(known.gain.severity);
    logins.set(gain.login, {
      gain: isGraver ? gain : known.gain,
      others: known === undefined ? 0 : known.others + 1,
    });
  }
}

function compareDatabase(
  sides: DatabaseSides,
  access: AccessPair,
  changes: readonly Change[],
  causeOf: ReadonlyMap<string, string>,
  { gained, lost }: { readonly gained: Found; readonly lost: Found },
): void {
  const causes = new BypassCauses(sides, changes, causeOf);
  const moved = { isTouched: touchedIn(sides, touchedRoles(access, changes)), logins: movedLogins(access, changes) };
  const old = sideOf(sides.before, access.before);
  const now = sideOf(sides.after, access.after);
  const tables = new Map((sides.before.protectedTables ?? []).map((table) => [idOf(table), table]));
  for (const table of sides.after.protectedTables ?? []) {
    const previous = tables.get(idOf(table));
    if (previous === undefined) continue;
    const [was, is] = [old.waysPast(previous), now.waysPast(table)];
    const both = { database: sides.after.name, causes, moved };
    compareTable(
      { ...both, table, otherTable: previous, here: is, there: was, side: access.after, otherSide: access.before },
      gained,
    );
    compareTable(
      {
        ...both,
        table: previous,
        otherTable: table,
        here: was,
        there: is,
        side: access.before,
        otherSide: access.after,
      },
      lost,
    );
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

function sideOf(database: DatabaseSides["after"], { roles }: Access) {
  return { waysPast: waysPastRowSecurity(roles, database) };
}

interface TableSides {
  readonly database: string;
  readonly table: ProtectedTable;
  readonly otherTable: ProtectedTable;
  readonly causes: BypassCauses;
  readonly moved: { readonly isTouched: (role: string) => boolean; readonly logins: ReadonlySet<string> };
  readonly here: TableWays;
  readonly there: TableWays;
  readonly side: Access;
  readonly otherSide: Access;
}

function compareTable(sides: TableSides, found: Found): void {
  const { database, table, otherTable, causes, here, there, side, otherSide } = sides;
  const theirs = new Map([...there.lifting, ...there.others].map((path) => [pathId(path), path]));
  for (const path of [...here.lifting, ...here.others]) {
    // With another owner it is another question: owners stand apart from those who need such a privilege.
    if (path.through === null && !lifting.has(path.kind) && table.owner !== otherTable.owner) continue;
    const other = theirs.get(pathId(path));
    for (const login of candidates(path, other, sides)) {
      if (!side.isLogin(login)) continue;
      const wasLogin = otherSide.isLogin(login);
      // Whom the policies do not hold at once gains nothing, and few walks tell so for all tables of an owner.
      const lifted = wasLogin ? [...here.lifting, ...there.lifting] : here.lifting;
      if (!lifting.has(path.kind) && lifted.some(({ needs }) => wayWithAll(needs, login)?.how === "inherit")) continue;
      const way = wayWithAll(path.needs, login);
      if (way === undefined) continue;
      if (wasLogin && (isAsDirect(other, login, way) || there.lifting.some((one) => isAsDirect(one, login, way))))
        continue;
      if (!lifting.has(path.kind) && here.lifting.some((one) => isAsDirect(one, login, way))) continue;
      const weight = weights[path.kind];
      const severity = way.how === "admin" ? atMost("high", weight) : weight;
      const gain = { login, database, table, path, way, severity };
      for (const cause of causes.of(login, table, path, other, { there: otherSide, lifting: here.lifting }))
        found.add(cause, gain);
    }
  }
}

/** Owners of tables are no privilege that could have moved: their way ends at another role then. */
function isFromSame(path: BypassPath, other: BypassPath): boolean {
  return path.needs.every(({ from }, at) => {
    const ends = other.needs[at]?.from ?? [];
    return from.length === ends.length && from.every((role, place) => role === ends[place]);
  });
}

function pathId({ kind, through }: BypassPath): string {
  return `${kind}\0${through ?? ""}`;
}

function isAsDirect(path: BypassPath | undefined, login: string, way: Way): boolean {
  const known = path === undefined ? undefined : wayWithAll(path.needs, login);
  return known !== undefined && compareHow(known.how, way.how) <= 0;
}

/** Logins that can have the way here and not there. */
function candidates(path: BypassPath, other: BypassPath | undefined, sides: TableSides): Iterable<string> {
  const { causes, moved, side } = sides;
  const { needs } = path;
  const isNew = other === undefined || causes.hasNewOwner() || !isFromSame(path, other);
  if (isNew || needs.some(({ on }) => on !== null && causes.hasMoved(on)))
    return needs[0]?.open === true ? side.roles.logins : (needs[0]?.who.named.keys() ?? []);
  const [first, ...others] = needs;
  if (first === undefined || moved.logins.size === 0) return [];
  if (isMovable(first, moved)) return moved.logins;
  // Few preconditions are shared by many ways: who meets none of them anew need not be asked about the way itself.
  const anew = others.filter((need) => isMovable(need, moved));
  if (anew.length === 0) return [];
  return [...moved.logins].filter((login) => anew.some((need) => isNewFor(login, need, other, sides)));
}

function isMovable({ from, open }: Need, { isTouched }: TableSides["moved"]): boolean {
  return open || from.some(isTouched);
}

function isNewFor(login: string, need: Need, other: BypassPath, { otherSide }: TableSides): boolean {
  const way = wayOf(need.who, login);
  const same = other.needs.find(({ label }) => label === need.label);
  const known = same === undefined || !otherSide.isLogin(login) ? undefined : wayOf(same.who, login);
  return way !== undefined && (known === undefined || compareHow(way.how, known.how) < 0);
}
