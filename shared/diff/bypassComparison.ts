import type { BypassKind, BypassPath } from "../access/bypassPath.ts";
import type { Need } from "../access/need.ts";
import type { TableWays } from "../access/rowSecurityBypass.ts";
import { noWay, rankOf, type Who } from "../access/way.ts";
import { highestRank, ranksOf, ranksOfAll, type WayRanks } from "../access/wayRanks.ts";
import type { ProtectedTable } from "../model/databaseEvidence.ts";
import type { Severity } from "../model/server.ts";
import type { Access } from "./accessPair.ts";
import type { BypassCauses, PathCauses } from "./bypassCauses.ts";
import { type BypassGain, type BypassWay, lifting } from "./bypassGains.ts";
import type { ChangedWays } from "./changedWays.ts";
import { type ComparedLogins, comparedLogins } from "./comparedLogins.ts";
import { atMost } from "./judgement.ts";
import { type LoginGroup, LoginGroups } from "./loginGroups.ts";
import { movedBy, type NeedPair, needPairs } from "./needPairs.ts";

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

/** What the comparisons of one database in both directions share. */
export interface Compared {
  readonly database: string;
  readonly causes: BypassCauses;
  readonly changed: ChangedWays;
  /** Whether a way to a role can lead over changed roles and memberships. */
  readonly isTouched: (role: string) => boolean;
  /** Logins whose ways can. */
  readonly moved: ReadonlySet<string>;
}

/** A protected table on one side, with the ways past its row security there. */
export interface TableSide {
  readonly table: ProtectedTable;
  readonly ways: TableWays;
}

/** One way, and the same on the other side, if it is there. */
interface PathPair {
  readonly path: BypassPath;
  readonly other: BypassPath | undefined;
  readonly pairs: readonly NeedPair[];
  readonly here: TableSide;
  readonly there: TableSide;
}

/** Finds the ways past row security that logins have on one side and not on the other. */
export class BypassComparison {
  readonly #both: Compared;
  readonly #here: Access;
  readonly #there: Access;
  readonly #found: Map<string, BypassGain[]>;
  readonly #logins: ComparedLogins;
  /** Ways of which the same logins have all, by the same causes. */
  readonly #alike = new Map<string, BypassWay[]>();
  readonly #lifted = { here: new Map<string, WayRanks>(), there: new Map<string, WayRanks>() };
  readonly #ids = new Map<Who, number>();

  /** @param found where gains go, by cause */
  constructor(both: Compared, here: Access, there: Access, found: Map<string, BypassGain[]>) {
    this.#both = both;
    this.#here = here;
    this.#there = there;
    this.#found = found;
    this.#logins = comparedLogins(here, there, both.moved);
  }

  compare(here: TableSide, there: TableSide): void {
    const { causes, isTouched } = this.#both;
    const theirs = new Map([...there.ways.lifting, ...there.ways.others].map((path) => [pathId(path), path]));
    for (const path of [...here.ways.lifting, ...here.ways.others]) {
      // With another owner it is another question: owners stand apart from those who need such a privilege.
      if (path.through === null && !lifting.has(path.kind) && here.table.owner !== there.table.owner) continue;
      const other = theirs.get(pathId(path));
      const pairs = needPairs(path, other, causes, isTouched);
      this.#comparePath({ path, other, pairs, here, there });
    }
  }

  #comparePath(pair: PathPair): void {
    const { path, other, pairs, here, there } = pair;
    const { database, causes, changed } = this.#both;
    const movedFor = movedBy(pairs);
    const logins = this.#candidates(movedFor);
    if (logins.length === 0) return;
    const way = { database, table: here.table, path };
    const known = causes.ofPath(here.table, path, other, { ways: changed, lifting: here.ways.lifting });
    const needs = pairs.map((one) => [
      this.#idOf(one.need),
      one.known === undefined ? null : this.#idOf(one.known),
      one.movedFor,
    ]);
    const id = JSON.stringify([
      path.kind,
      movedFor,
      liftedId(here),
      liftedId(there),
      needs,
      other === undefined,
      known.id,
    ]);
    const alike = this.#alike.get(id);
    if (alike !== undefined) {
      alike.push(way);
      return;
    }
    const ways = [way];
    this.#alike.set(id, ways);
    for (const group of this.#gainers(pair, logins)) this.#add(group, ways, known);
  }

  #candidates(movedFor: NeedPair["movedFor"]): Int32Array {
    const { all, moved, newcomers } = this.#logins;
    if (movedFor === "all") return all;
    return movedFor === "moved" ? moved : Int32Array.from(newcomers);
  }

  #idOf({ who, free }: Need): string {
    const id = this.#ids.get(who) ?? this.#ids.size;
    this.#ids.set(who, id);
    return `${id}${free.size > 0 ? "f" : ""}`;
  }

  /** Logins in groups whose marks are the rank, the login itself when it changed, and by need what changed on the way. */
  #gainers({ path, other, pairs, here, there }: PathPair, logins: Int32Array): readonly LoginGroup[] {
    const [{ graph }, { graph: graphThere }] = [this.#here, this.#there];
    const { changed } = this.#both;
    const liftsHere = lifting.has(path.kind);
    const plainer = liftsHere ? here.ways.lifting.slice(0, here.ways.lifting.indexOf(path)) : [];
    const limits = plainer.map(({ needs }) => ranksOfAll(needs, graph));
    if (!liftsHere) limits.push([this.#liftedBy(here, "here")]);
    const limitsThere: (readonly WayRanks[])[] = [[this.#liftedBy(there, "there")]];
    if (other !== undefined) limitsThere.push(ranksOfAll(other.needs, graphThere));
    const ranks = ranksOfAll(path.needs, graph);
    const needs = pairs.map(({ need, known, movedFor }) => ({
      who: need.who,
      ranks: ranksOf(need.who, graph),
      before: known && ranksOf(known.who, graphThere),
      movedFor,
    }));
    const found = new LoginGroups();
    const marks: number[] = [];
    for (const login of logins) {
      const rank = highestRank(ranks, login);
      // Whom the policies do not hold as directly gains nothing more.
      if (rank === noWay || limits.some((limit) => highestRank(limit, login) <= rank)) continue;
      const wasLogin = !this.#logins.newcomers.has(login);
      if (wasLogin && limitsThere.some((limit) => highestRank(limit, login) <= rank)) continue;
      marks[0] = rank;
      marks[1] = changed.causeOfRole(login) === undefined ? -1 : login;
      for (const [at, need] of needs.entries()) {
        const before = wasLogin ? (need.before?.[login] ?? noWay) : noWay;
        marks[at + 2] = (need.ranks[login] ?? noWay) < before ? (changed.of(need.who)[login] ?? -1) : -1;
      }
      found.add(login, marks);
    }
    return found.groups;
  }

  /** How directly each role gets rid of row security on a table at all; found out once for an owner. */
  #liftedBy(side: TableSide, where: "here" | "there"): WayRanks {
    const known = this.#lifted[where].get(liftedId(side));
    if (known !== undefined) return known;
    const { graph } = where === "here" ? this.#here : this.#there;
    const all = side.ways.lifting.map(({ needs }) => ranksOfAll(needs, graph));
    const lifted = Uint8Array.from(graph.names, (_, role) =>
      all.reduce((lowest, ranks) => Math.min(lowest, highestRank(ranks, role)), noWay),
    );
    this.#lifted[where].set(liftedId(side), lifted);
    return lifted;
  }

  #add(
    { logins, marks: [rank, own = -1, ...numbers] }: LoginGroup,
    ways: readonly BypassWay[],
    known: PathCauses,
  ): void {
    const { causes, changed } = this.#both;
    const weight = weights[ways[0]?.path.kind ?? "view"];
    const gain = {
      logins: Int32Array.from(logins),
      severity: rank === rankOf("admin") ? atMost("high", weight) : weight,
      ways,
    };
    const along = numbers.map((number) => changed.at(number));
    for (const cause of causes.of(known, along, changed.causeOfRole(own))) {
      const gains = this.#found.get(cause);
      if (gains === undefined) this.#found.set(cause, [gain]);
      else gains.push(gain);
    }
  }
}

/** Tables of the same text are lifted by the same ways. */
function liftedId({ table }: TableSide): string {
  return `${String(table.forced)} ${table.owner}`;
}

function pathId({ kind, through }: BypassPath): string {
  return `${kind}\0${through ?? ""}`;
}
