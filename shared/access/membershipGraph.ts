import type { Membership, Role } from "../model/catalogEvidence.ts";

/** Bits of what a member can do with a role that was granted to it: the union over all grantors. */
export const INHERIT = 1;
export const SET = 2;
export const ADMIN = 4;

/** Memberships turned round, for walking from a target back to those who reach it. Roles are numbered from 0. */
export interface MembershipGraph {
  readonly names: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
  /** The edges of role `r` are `firstEdge[r]` up to, but without, `firstEdge[r + 1]`. */
  readonly firstEdge: Int32Array;
  /** Per edge, its member; of one role in code unit order, so that a path does not depend on the order of rows. */
  readonly members: Int32Array;
  readonly options: Uint8Array;
  /** Undefined for a name that only memberships mention. */
  readonly roles: readonly (Role | undefined)[];
  /** Before 16, who may grant every role of no superuser to anyone (roles.md §4); empty from 16 on. */
  readonly grantors: readonly number[];
}

/** Linear in roles and memberships, but for the sorting of names. */
export function membershipGraph(
  memberships: readonly Membership[],
  roles: readonly Role[],
  { versionNum }: { readonly versionNum: number },
): MembershipGraph {
  const roleNamed = new Map(roles.map((role) => [role.name, role]));
  const mentioned = new Set(roleNamed.keys());
  for (const { role, member } of memberships) mentioned.add(role).add(member);
  // Numbered in the order of their names: numbers then sort as names do.
  const names = [...mentioned].sort();
  const indexOf = new Map(names.map((name, index) => [name, index]));

  const granted = new Map<string, Map<number, number>>();
  for (const { role, member, admin, inherit, set } of memberships) {
    const index = indexOf.get(member) ?? 0;
    const edges = granted.get(role) ?? new Map<number, number>();
    const options = (inherit ? INHERIT : 0) | (set ? SET : 0) | (admin ? ADMIN : 0);
    granted.set(role, edges.set(index, (edges.get(index) ?? 0) | options));
  }
  const edgesOf = names.map((name) => [...(granted.get(name) ?? [])].sort(([left], [right]) => left - right));
  const edges = edgesOf.flat();

  return {
    names,
    indexOf,
    firstEdge: Int32Array.from(running(edgesOf.map(({ length }) => length))),
    members: Int32Array.from(edges, ([member]) => member),
    options: Uint8Array.from(edges, ([, options]) => options),
    roles: names.map((name) => roleNamed.get(name)),
    grantors:
      versionNum >= 160000 ? [] : names.flatMap((name, index) => (isGrantor(roleNamed.get(name)) ? [index] : [])),
  };
}

/** 0, then the sum up to and with each length. */
function running(lengths: readonly number[]): readonly number[] {
  const sums = [0];
  for (const length of lengths) sums.push((sums.at(-1) ?? 0) + length);
  return sums;
}

/** A superuser is a target of its own: listing it behind every other target would say nothing. */
function isGrantor(role: Role | undefined): boolean {
  return role?.createRole === true && !role.superuser;
}
