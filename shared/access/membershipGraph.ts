import type { Membership, Role } from "../model/catalogEvidence.ts";

/** What one member can do with one granted role: the union over all grantors. */
export interface Edge {
  readonly member: number;
  readonly admin: boolean;
  readonly inherit: boolean;
  readonly set: boolean;
}

/** Memberships turned round, for walking from a target back to those who reach it. */
export interface MembershipGraph {
  readonly names: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
  /** By granted role; members in code unit order, so that a path does not depend on the order of rows. */
  readonly members: readonly (readonly Edge[])[];
  /** Undefined for a name that only memberships mention. */
  readonly roles: readonly (Role | undefined)[];
  /** Before 16, who may grant every role of no superuser to anyone (roles.md §4); empty from 16 on. */
  readonly grantors: readonly number[];
}

/** Linear in roles and memberships, but for the sorting of each role's members. */
export function membershipGraph(
  memberships: readonly Membership[],
  roles: readonly Role[],
  { versionNum }: { readonly versionNum: number },
): MembershipGraph {
  const names: string[] = [];
  const indexOf = new Map<string, number>();
  function index(name: string): number {
    const known = indexOf.get(name);
    if (known !== undefined) return known;
    indexOf.set(name, names.length);
    return names.push(name) - 1;
  }

  for (const { name } of roles) index(name);
  const granted = new Map<number, Edge[]>();
  for (const { role, member, admin, inherit, set } of memberships) {
    const at = index(role);
    const edges = granted.get(at) ?? [];
    edges.push({ member: index(member), admin, inherit, set });
    granted.set(at, edges);
  }

  return {
    names,
    indexOf,
    members: names.map((_name, at) => merged(granted.get(at) ?? [], names)),
    roles: [...roles, ...Array<undefined>(names.length - roles.length)],
    grantors: versionNum >= 160000 ? [] : inOrder(roles.flatMap(grantorIndex), names),
  };
}

/** A superuser is a target of its own: listing it behind every other target would say nothing. */
function grantorIndex({ createRole, superuser }: Role, at: number): readonly number[] {
  return createRole && !superuser ? [at] : [];
}

function inOrder(indexes: readonly number[], names: readonly string[]): readonly number[] {
  return indexes.toSorted((left, right) => byName(names[left], names[right]));
}

function byName(left = "", right = ""): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** One edge per member: several grantors each give options, and their union has effect. */
function merged(edges: readonly Edge[], names: readonly string[]): readonly Edge[] {
  const union = new Map<number, Edge>();
  for (const edge of edges) {
    const known = union.get(edge.member);
    union.set(edge.member, known === undefined ? edge : together(known, edge));
  }
  return [...union.values()].sort((left, right) => byName(names[left.member], names[right.member]));
}

function together(left: Edge, right: Edge): Edge {
  return {
    member: left.member,
    admin: left.admin || right.admin,
    inherit: left.inherit || right.inherit,
    set: left.set || right.set,
  };
}
