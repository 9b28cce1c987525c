import type { MembershipGraph } from "../access/membershipGraph.ts";
import { ReachedRoles } from "../access/reachedRoles.ts";
import { edgeNumber } from "../access/wayMarks.ts";
import { rankOf, type Via, type Way, type Who } from "../access/way.ts";
import { ranksIn } from "../access/wayRanks.ts";
import { subjectOf } from "../controls/control.ts";
import { kindOf, namesOf } from "./itemKey.ts";

/** What of a way changed; thousands of logins share one such answer. */
export interface ChangedWay {
  readonly via: Via;
  /** Causes of the memberships on the way. */
  readonly memberships: ReadonlySet<string>;
  /** Cause of the changed role that is nearest to the end of the way. */
  readonly role: string | undefined;
}

interface Known {
  readonly way: ChangedWay;
  /** The ways that go on from here over something that changed, by what that was. */
  readonly onward: Map<string, number>;
}

/** Numbers ways by what of them changed: what lies on all ways to an object is found in one pass over them. */
export class ChangedWays {
  readonly #graph: MembershipGraph;
  readonly #known: Known[] = [];
  readonly #numbers = new WeakMap<Who, Int32Array>();
  /** Causes by the number of the role, and by `edgeNumber`. */
  readonly #roles = new Map<number, string>();
  readonly #edges = new Map<number, string>();
  /** Members of memberships that changed. */
  readonly #members = new Set<number>();
  readonly #databaseOwner: number;
  readonly #ownerCause: string | undefined;

  /** @param causeOf the cause of every change, by key */
  constructor(graph: MembershipGraph, database: string, causeOf: ReadonlyMap<string, string>) {
    this.#graph = graph;
    this.#databaseOwner = graph.indexOf.get("pg_database_owner") ?? -1;
    this.#ownerCause = causeOf.get(subjectOf("database", database));
    for (const [key, cause] of causeOf) {
      const kind = kindOf(key);
      if (kind !== "role" && kind !== "membership") continue;
      const [first = -1, member = -1] = namesOf(key).map((name) => graph.indexOf.get(name) ?? -1);
      if (kind === "role") this.#roles.set(first, cause);
      else this.#edges.set(edgeNumber(graph, first, member), cause);
      if (kind === "membership") this.#members.add(member);
    }
  }

  at(number: number): ChangedWay | undefined {
    return this.#known[number]?.way;
  }

  /** The cause of a change of the role itself. */
  causeOfRole(role: number): string | undefined {
    return this.#roles.get(role);
  }

  /** By the number of the role; -1 for roles without a way. */
  of(who: Who): Int32Array {
    const known = this.#numbers.get(who);
    if (known !== undefined) return known;
    const numbers = this.#withPublic(who, this.#numbered(who.named));
    this.#numbers.set(who, numbers);
    return numbers;
  }

  along({ path, via }: Way): ChangedWay | undefined {
    return this.at(this.#along(path, via));
  }

  #numbered(named: Who["named"]): Int32Array {
    if (named instanceof ReachedRoles)
      return (named as ReachedRoles<Way>).numbered(
        ({ via }, role) => this.#begin(via, role),
        (behind, granted, member) => this.#onward(behind, granted, member),
      );
    const numbers = new Int32Array(this.#graph.names.length).fill(-1);
    for (const [name, { path, via }] of named) {
      const index = this.#graph.indexOf.get(name);
      if (index !== undefined) numbers[index] = this.#along(path, via);
    }
    return numbers;
  }

  /** As `wayOf` has it: only a way that a role has at once comes before PUBLIC's. */
  #withPublic({ everyone, named }: Who, numbers: Int32Array): Int32Array {
    if (everyone === undefined) return numbers;
    const plain = this.#add({ via: everyone, memberships: new Set(), role: undefined });
    const own = ranksIn(named, this.#graph);
    return numbers.map((number, role) => {
      if (own[role] === rankOf("inherit")) return number;
      return this.#roles.has(role) ? this.#begin(everyone, role) : plain;
    });
  }

  #along(path: readonly string[], via: Via): number {
    const roles = path.map((name) => this.#graph.indexOf.get(name) ?? -1);
    const end = roles.at(-1) ?? -1;
    let number = this.#begin(via, end);
    let granted = end;
    for (const member of roles.slice(0, -1).reverse()) {
      number = this.#onward(number, granted, member);
      granted = member;
    }
    return number;
  }

  #begin(via: Via, role: number): number {
    return this.#add({ via, memberships: new Set(), role: this.#roles.get(role) });
  }

  #onward(behind: number, granted: number, member: number): number {
    const known = this.#known[behind];
    const isOwners = granted === this.#databaseOwner && this.#ownerCause !== undefined;
    if (known === undefined || (!isOwners && !this.#members.has(member) && !this.#roles.has(member))) return behind;
    const { via, memberships, role } = known.way;
    const edge = this.#edges.get(edgeNumber(this.#graph, granted, member));
    const added = [edge, isOwners ? this.#ownerCause : undefined].filter((cause) => cause !== undefined);
    const way = { via, memberships: memberships.union(new Set(added)), role: role ?? this.#roles.get(member) };
    if (way.memberships.size === memberships.size && way.role === role) return behind;
    const id = [way.role ?? "", ...way.memberships].join("\n");
    const number = known.onward.get(id) ?? this.#add(way);
    known.onward.set(id, number);
    return number;
  }

  #add(way: ChangedWay): number {
    return this.#known.push({ way, onward: new Map() }) - 1;
  }
}
