import type { BypassKind, BypassPath } from "../access/bypassPath.ts";
import type { Need } from "../access/need.ts";
import type { TableWays } from "../access/rowSecurityBypass.ts";
import { noWay, type Who } from "../access/way.ts";
import { highestRank, lowestRank, type RankOf, ranksOf, ranksOfAll } from "../access/wayRanks.ts";
import type { ProtectedTable } from "../model/databaseEvidence.ts";
import type { Access } from "./accessPair.ts";
import type { BypassCauses, PathCauses } from "./bypassCauses.ts";
import { type BypassGain, type BypassWay, lifting } from "./bypassGains.ts";
import { bypassSeverity } from "./bypassSeverity.ts";
import type { ChangedWays } from "./changedWays.ts";
import { type ComparedLogins, comparedLogins } from "./comparedLogins.ts";
import { type LoginGroup, LoginGroups } from "./loginGroups.ts";
import { movedFor } from "./movedFor.ts";

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
  readonly #lifted = { here: new Map<string, RankOf>(), there: new Map<string, RankOf>() };
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
      const logins = this.#logins[movedFor(path, other, causes, isTouched)];
      if (logins.length > 0) this.#comparePath({ path, other, here, there }, logins);
    }
  }

  #comparePath(pair: PathPair, logins: Int32Array): void {
    const { path, other, here, there } = pair;
    const { database, causes, changed } = this.#both;
    const way = { database, table: here.table, path };
    const known = causes.ofPath(here.table, path, other, { ways: changed, lifting: here.ways.lifting });
    const needs = path.needs.map((need) => this.#idOf(need));
    const needsThere = other?.needs.map((need) => this.#idOf(need)) ?? null;
    // Of the lists of compared logins each is part of the longer one.
    const id = JSON.stringify([path.kind, logins.length, liftedId(here), liftedId(there), needs, needsThere, known.id]);
    const alike = this.#alike.get(id);
    if (alike !== undefined) {
      alike.push(way);
      return;
    }
    const ways = [way];
    this.#alike.set(id, ways);
    for (const group of this.#gainers(pair, logins)) this.#add(group, path.kind, ways, known);
  }

  #idOf({ who, free }: Need): string {
    const id = this.#ids.get(who) ?? this.#ids.size;
    this.#ids.set(who, id);
    return `${id}${free.size > 0 ? "f" : ""}`;
  }

  /** Logins in groups whose marks are the rank, the login itself when it changed, and by need what changed on the way. */
  #gainers({ path, other, here, there }: PathPair, logins: Int32Array): readonly LoginGroup[] {
    const [{ graph }, { graph: graphThere }] = [this.#here, this.#there];
    const { changed } = this.#both;
    const liftsHere = lifting.has(path.kind);
    const plainer = liftsHere ? here.ways.lifting.slice(0, here.ways.lifting.indexOf(path)) : [];
    const lifted = liftsHere ? lowestRank(plainer, graph) : this.#liftedBy(here, "here");
    const liftedThere = this.#liftedBy(there, "there");
    const ranksThere = other && ranksOfAll(other.needs, graphThere);
    const ranks = ranksOfAll(path.needs, graph);
    const needs = path.needs.map(({ who }, at) => {
      const known = other?.needs[at];
      return { who, ranks: ranksOf(who, graph), before: known && ranksOf(known.who, graphThere) };
    });
    const found = new LoginGroups();
    const marks: number[] = [];
    for (const login of logins) {
      const rank = highestRank(ranks, login);
      if (rank === noWay) continue;
      const wasLogin = graphThere.roles[login]?.canLogIn === true;
      if (wasLogin && ranksThere !== undefined && highestRank(ranksThere, login) <= rank) continue;
      // Whom the policies do not hold, by a way as direct, gains nothing more.
      if (lifted(login) <= rank || (wasLogin && liftedThere(login) <= rank)) continue;
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

  /** How directly a login gets rid of row security on a table at all; found out once for an owner. */
  #liftedBy(side: TableSide, where: "here" | "there"): RankOf {
    const known = this.#lifted[where].get(liftedId(side));
    if (known !== undefined) return known;
    const lifted = lowestRank(side.ways.lifting, where === "here" ? this.#here.graph : this.#there.graph);
    this.#lifted[where].set(liftedId(side), lifted);
    return lifted;
  }

  #add(
    { logins, marks: [rank = noWay, own = -1, ...numbers] }: LoginGroup,
    kind: BypassKind,
    ways: readonly BypassWay[],
    known: PathCauses,
  ): void {
    const { causes, changed } = this.#both;
    const gain = { logins: Int32Array.from(logins), severity: bypassSeverity(kind, rank), ways };
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
