import type { RoleAccess } from "../access/accessInput.ts";
import { type Reach, type ReachTarget, reachIn } from "../access/membershipClosure.ts";
import { ADMIN, INHERIT, type MembershipGraph, membershipGraph, SET } from "../access/membershipGraph.ts";
import { edgeNumber, marksOnWays, type WayMarks } from "../access/wayMarks.ts";
import type { Role } from "../model/catalogEvidence.ts";
import type { Snapshot } from "../model/drift.ts";
import type { Change } from "./changes.ts";
import { nameOf, namesOf } from "./itemKey.ts";
import { type MembershipEffect, type MembershipOptions, membershipItem, roleFlags } from "./items.ts";

/** Who reaches what, before and after. */
export interface AccessPair {
  readonly before: Access;
  readonly after: Access;
}

/** One side. Answers are kept: many causes ask for one role. */
export interface Access {
  readonly graph: MembershipGraph;
  reach(target: ReachTarget): ReadonlyMap<string, Reach>;
  /** Which changed memberships lie on the ways to a target, by their keys. */
  changedOn(target: ReachTarget): WayMarks;
  /** Whether a role logs in, or stands for an Entra group, whose members do. */
  isLogin(name: string): boolean;
  /** Who may use what a role may do, as `principals.ts` found it; the empty name stands for PUBLIC. */
  readonly users: Map<string, ReadonlyMap<string, Reach | null>>;
  /** For questions about objects; made when they are first asked. */
  readonly roles: RoleAccess;
}

type Edge = Parameters<typeof membershipGraph>[0][number];

/**
 * Building a graph is what costs, so one is built, over the roles and edges of both sides; the older side is the same
 * graph with the options and attributes that the changes had before.
 *
 * @param changes all of roles and memberships
 * @returns undefined when roles or memberships of either side could not be read
 */
export function accessPair(before: Snapshot, after: Snapshot, changes: readonly Change[]): AccessPair | undefined {
  const sides = [before, after];
  if (sides.some(({ parts }) => parts.roles.state === "unavailable" || parts.memberships.state === "unavailable"))
    return undefined;

  const changedRoles = changes.filter(({ part }) => part === "roles");
  const changedEdges = changes.filter(({ part }) => part === "memberships");
  const union = unionGraph(after, [...changedRoles, ...changedEdges]);
  const roles = [...union.roles];
  const newRoles = [...union.roles];
  for (const { key, before: old, after: now } of changedRoles) {
    const index = union.indexOf.get(nameOf(key)) ?? -1;
    roles[index] = old === null ? undefined : roleOf(nameOf(key), old);
    if (now === null) newRoles[index] = undefined;
  }
  const marked = new Map(changedEdges.map(({ key }) => [numberOf(union, key), key]));
  const options = union.options.slice();
  for (const { key, before: old } of changedEdges) setOptions(union, options, key, effectOf(old));
  return {
    before: accessOf({ ...union, roles, options, grantors: grantorsOf(roles, before) }, marked, versionNum(before)),
    after: accessOf({ ...union, roles: newRoles, grantors: grantorsOf(newRoles, after) }, marked, versionNum(after)),
  };
}

/** The newer side, with the roles and, without any option, the edges that only the older one has. */
function unionGraph(after: Snapshot, changes: readonly Change[]): MembershipGraph {
  const { roles, memberships } = after.parts;
  const nodes = Object.keys(roles.items).map((key) => roleOf(nameOf(key), roles.items[key]));
  const edges = Object.keys(memberships.items).map((key) => edgeOf(key, membershipItem(memberships.items[key])));
  for (const { part, key, before, after: now } of changes) {
    if (now !== null) continue;
    if (part === "roles") nodes.push(roleOf(nameOf(key), before));
    else edges.push(edgeOf(key, none));
  }
  return membershipGraph(edges, nodes, { versionNum: versionNum(after) });
}

const none: MembershipOptions = { admin: false, inherit: false, set: false };

function edgeOf(key: string, { admin, inherit, set }: MembershipOptions): Edge {
  const end = key.indexOf("/", "membership/".length);
  // Of 50,000 keys hardly one holds an encoded name.
  const [role = "", member = ""] = key.includes("%")
    ? namesOf(key)
    : [key.slice("membership/".length, end), key.slice(end + 1)];
  return { role, member, grantor: "", admin, inherit, set };
}

function roleOf(name: string, value: unknown): Role {
  return { name, ...plain, ...roleFlags(value) };
}

/** What nobody asks a graph for. */
const plain = {
  oid: 0,
  connectionLimit: null,
  validUntil: null,
  comment: null,
  labels: [],
  entra: null,
} as const;

function numberOf(graph: MembershipGraph, key: string): number {
  const [granted = -1, member = -1] = namesOf(key).map((name) => graph.indexOf.get(name) ?? -1);
  return edgeNumber(graph, granted, member);
}

function accessOf(graph: MembershipGraph, marked: ReadonlyMap<number, string>, version: number): Access {
  const answers = new Map<string, ReadonlyMap<string, Reach>>();
  const changed = new Map<string, WayMarks>();
  let roles: RoleAccess | undefined;
  return {
    graph,
    get roles() {
      roles ??= roleAccessOf(graph, version);
      return roles;
    },
    users: new Map(),
    isLogin: (name) => graph.roles[graph.indexOf.get(name) ?? -1]?.canLogIn === true,
    reach(target) {
      const id = `${target.kind}/${target.name}`;
      const known = answers.get(id) ?? reachIn(graph, target);
      answers.set(id, known);
      return known;
    },
    changedOn(target) {
      const id = `${target.kind}/${target.name}`;
      const known = changed.get(id) ?? marksOnWays(graph, target, marked);
      changed.set(id, known);
      return known;
    },
  };
}

function roleAccessOf(graph: MembershipGraph, version: number): RoleAccess {
  const roles = graph.roles.filter((role) => role !== undefined);
  const [logins, groups] = [new Set<string>(), new Set<string>()];
  for (const { name, canLogIn } of roles) (canLogIn ? logins : groups).add(name);
  return {
    ...{ versionNum: version, connectedTo: "", logins, groups },
    roles: new Map(roles.map((role) => [role.name, role])),
    graph: withoutImplied(graph),
  };
}

/** The owner of a database is in `pg_database_owner` there alone, see `impliedMembership`; nobody else can be. */
function withoutImplied(graph: MembershipGraph): MembershipGraph {
  const role = graph.indexOf.get("pg_database_owner");
  if (role === undefined) return graph;
  const options = graph.options.slice();
  options.fill(0, graph.firstEdge[role], graph.firstEdge[role + 1]);
  return { ...graph, options };
}

/** Before 16, CREATEROLE grants itself any role. */
function grantorsOf(roles: MembershipGraph["roles"], side: Snapshot): readonly number[] {
  if (versionNum(side) >= 160_000) return [];
  return roles.flatMap((role, index) => (role?.createRole === true && !role.superuser ? [index] : []));
}

/** Memberships in changes are what `membershipEffects` made, or null. */
function effectOf(value: unknown): MembershipOptions {
  return (value as MembershipEffect | null) ?? none;
}

function setOptions(
  graph: MembershipGraph,
  options: Uint8Array,
  key: string,
  { admin, inherit, set }: MembershipOptions,
): void {
  const [role = "", member = ""] = namesOf(key);
  const [granted, holder] = [graph.indexOf.get(role), graph.indexOf.get(member)];
  if (granted === undefined || holder === undefined) return;
  for (let edge = graph.firstEdge[granted] ?? 0; edge < (graph.firstEdge[granted + 1] ?? 0); edge += 1)
    if (graph.members[edge] === holder) options[edge] = (inherit ? INHERIT : 0) | (set ? SET : 0) | (admin ? ADMIN : 0);
}

/** Without the server's version we assume 16 or later: to assume less would report ways that may not exist. */
function versionNum({ volatile, parts }: Snapshot): number {
  const major = volatile.majorVersion ?? Number(parts.server.items["server/version"]);
  return Number.isInteger(major) && major > 0 ? major * 10_000 : 160_000;
}
