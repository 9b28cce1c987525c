import type { BypassKind, BypassPath } from "../access/bypassPath.ts";
import { type TableWays, waysPastRowSecurity } from "../access/rowSecurityBypass.ts";
import { type Need, wayWithAll } from "../access/need.ts";
import type { How } from "../access/membershipClosure.ts";
import { ReachedRoles } from "../access/reachedRoles.ts";
import { compareHow, type Way, type Who } from "../access/way.ts";
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
  /** How many there are beside it; after many the rest is not counted. */
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
  const isTouched = touchedIn(sides, touchedRoles(access, changes));
  const logins = movedLogins(access, changes);
  const { before, after } = access;
  const both = { database: sides.after.name, causes };
  const [liftedBefore, liftedAfter]: readonly [LiftedLogins, LiftedLogins] = [new Map(), new Map()];
  function direction(side: Access, otherSide: Access) {
    const newcomers = [...logins].filter((name) => side.isLogin(name) && !otherSide.isLogin(name));
    return { ...both, side, otherSide, moved: { isTouched, logins, newcomers }, times: new Map<string, LoginTimes>() };
  }
  const gains = { ...direction(after, before), lifted: { here: liftedAfter, there: liftedBefore } };
  const losses = { ...direction(before, after), lifted: { here: liftedBefore, there: liftedAfter } };
  const old = waysPastRowSecurity(before.roles, sides.before);
  const now = waysPastRowSecurity(after.roles, sides.after);
  const tables = new Map((sides.before.protectedTables ?? []).map((table) => [idOf(table), table]));
  for (const table of sides.after.protectedTables ?? []) {
    const previous = tables.get(idOf(table));
    if (previous === undefined) continue;
    const [was, is] = [old(previous), now(table)];
    compareTable({ ...gains, table, otherTable: previous, here: is, there: was }, gained);
    compareTable({ ...losses, table: previous, otherTable: table, here: was, there: is }, lost);
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

/** By owner and FORCE of a table, how each login lifts its row security. */
type LiftedLogins = Map<string, Map<string, How | undefined>>;

/** How often each login was found. */
type LoginTimes = Map<string, number>;

interface TableSides {
  readonly database: string;
  readonly table: ProtectedTable;
  readonly otherTable: ProtectedTable;
  readonly causes: BypassCauses;
  readonly moved: {
    readonly isTouched: (role: string) => boolean;
    readonly logins: ReadonlySet<string>;
    /** Logins here that are none there. */
    readonly newcomers: readonly string[];
  };
  /** By kind of way and changes of privileges, then by login. */
  readonly times: Map<string, LoginTimes>;
  readonly lifted: { readonly here: LiftedLogins; readonly there: LiftedLogins };
  readonly here: TableWays;
  readonly there: TableWays;
  readonly side: Access;
  readonly otherSide: Access;
}

function compareTable(sides: TableSides, found: Found): void {
  const { database, table, otherTable, causes, here, there, side, otherSide } = sides;
  const [lifted, liftedBefore] = [
    liftedOn(table, here, sides.lifted.here),
    liftedOn(otherTable, there, sides.lifted.there),
  ];
  const theirs = new Map([...there.lifting, ...there.others].map((path) => [pathId(path), path]));
  for (const path of [...here.lifting, ...here.others]) {
    // With another owner it is another question: owners stand apart from those who need such a privilege.
    if (path.through === null && !lifting.has(path.kind) && table.owner !== otherTable.owner) continue;
    const other = theirs.get(pathId(path));
    const liftsHere = lifting.has(path.kind);
    const plainer = liftsHere ? here.lifting.slice(0, here.lifting.indexOf(path)) : [];
    const isFew = sides.moved.logins.size < manyLogins;
    const alike = other === undefined ? undefined : timesAlike(path, sides);
    for (const login of candidates(path, other, sides)) {
      if (!side.isLogin(login) || (alike?.get(login) ?? 0) >= manyWays) continue;
      const wasLogin = otherSide.isLogin(login);
      // Whom the policies do not hold at once gains nothing more.
      const [liftedHere, liftedThere] = [
        liftsHere ? undefined : lifted(login),
        wasLogin ? liftedBefore(login) : undefined,
      ];
      if (liftedHere === "inherit" || liftedThere === "inherit") continue;
      const way = wayWithAll(path.needs, login);
      if (way === undefined || isNoFarther(liftedHere, way.how) || isNoFarther(liftedThere, way.how)) continue;
      if (wasLogin && other !== undefined && isNoFarther(wayWithAll(other.needs, login)?.how, way.how)) continue;
      if (plainer.some(({ needs }) => isNoFarther(wayWithAll(needs, login)?.how, way.how))) continue;
      const weight = weights[path.kind];
      const severity = way.how === "admin" ? atMost("high", weight) : weight;
      const gain = { login, database, table, path, way, severity };
      for (const cause of causes.of(login, table, path, other, { there: otherSide, lifting: here.lifting }))
        found.add(cause, gain);
      if (!isFew || !sides.moved.logins.has(login)) alike?.set(login, (alike.get(login) ?? 0) + 1);
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

/** How a login gets rid of row security on a table at all, by its most direct way; found out once for an owner. */
function liftedOn(table: ProtectedTable, { lifting: paths }: TableWays, known: LiftedLogins) {
  const id = `${String(table.forced)} ${table.owner}`;
  const logins = known.get(id) ?? new Map<string, How | undefined>();
  known.set(id, logins);
  return (login: string): How | undefined => {
    if (logins.has(login)) return logins.get(login);
    const ways = paths.flatMap(({ needs }) => wayWithAll(needs, login) ?? []);
    const how = ways.map((way) => way.how).sort(compareHow)[0];
    logins.set(login, how);
    return how;
  };
}

function isNoFarther(known: How | undefined, how: How): boolean {
  return known !== undefined && compareHow(known, how) <= 0;
}

/** Logins that can have the way here and not there: they meet one of its needs anew, or are logins anew. */
function candidates(path: BypassPath, other: BypassPath | undefined, sides: TableSides): Iterable<string> {
  const { causes, moved, side } = sides;
  const { needs } = path;
  if (other === undefined || needs.length !== other.needs.length)
    return needs[0]?.open === true ? side.roles.logins : (needs[0]?.who.named.keys() ?? []);
  const isNew = causes.hasNewOwner() || !isFromSame(path, other);
  const found = new Set<string>();
  for (const [at, need] of needs.entries()) {
    const known = other.needs[at];
    const hasMoved = isNew || (need.on !== null && causes.hasMoved(need.on)) || need.from.some(moved.isTouched);
    if (known !== undefined && hasMoved) for (const login of closer(need, known, side)) found.add(login);
  }
  for (const login of moved.newcomers) found.add(login);
  return found;
}

/** Made once for two answers: many ways need USAGE of one schema. */
const compared = new WeakMap<Who, { readonly known: Who; readonly logins: readonly string[] }>();

/** Logins that meet a need more directly than on the other side. */
function closer({ who }: Need, { who: known }: Need, side: Access): readonly string[] {
  const before = compared.get(who);
  if (before?.known === known) return before.logins;
  const logins = closerRoles(who, known, side).filter((name) => side.isLogin(name));
  compared.set(who, { known, logins });
  return logins;
}

function closerRoles(who: Who, known: Who, side: Access): readonly string[] {
  if (known.everyone !== undefined) return [];
  if (who.everyone !== undefined) return [...side.roles.logins];
  if (who.named instanceof ReachedRoles && known.named instanceof ReachedRoles)
    return who.named.closerThan(known.named);
  return [...who.named.keys()];
}

/** Fewer are followed over all their ways, whatever several changes gave them. */
const manyLogins = 1_000;

/** Of so many ways that one change gave a login nobody reads the rest, and a grant to PUBLIC gives 20,000 logins 500. */
export const manyWays = 20;

/** How often a login was found to have a way of the same kind by the same changes of privileges. */
function timesAlike({ kind, needs }: BypassPath, { causes, times }: TableSides): LoginTimes {
  const id = `${kind}\n${causes.changesOn(needs.flatMap(({ on }) => on ?? []))}`;
  const known = times.get(id) ?? new Map<string, number>();
  times.set(id, known);
  return known;
}
