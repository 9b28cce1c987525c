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

  // One number per edge, so that sorting and joining grantors allocate nothing: 2^53 is enough for 10 million roles.
  const sorted = Float64Array.from(memberships, ({ role, member, admin, inherit, set }) => {
    const options = (inherit ? INHERIT : 0) | (set ? SET : 0) | (admin ? ADMIN : 0);
    return ((indexOf.get(role) ?? 0) * names.length + (indexOf.get(member) ?? 0)) * 8 + options;
  }).sort();
  const firstEdge = new Int32Array(names.length + 1);
  const members = new Int32Array(sorted.length);
  const options = new Uint8Array(sorted.length);
  let count = 0;
  let last = -1;
  for (const coded of sorted) {
    const edge = Math.floor(coded / 8);
    if (edge !== last) {
      members[count] = edge % names.length;
      count += 1;
      const next = Math.floor(edge / names.length) + 1;
      firstEdge[next] = (firstEdge[next] ?? 0) + 1;
    }
    options[count - 1] = (options[count - 1] ?? 0) | (coded % 8);
    last = edge;
  }
  for (let role = 1; role <= names.length; role += 1)
    firstEdge[role] = (firstEdge[role] ?? 0) + (firstEdge[role - 1] ?? 0);

  return {
    ...{ names, indexOf, firstEdge },
    members: members.subarray(0, count),
    options: options.subarray(0, count),
    roles: names.map((name) => roleNamed.get(name)),
    grantors:
      versionNum >= 160000 ? [] : names.flatMap((name, index) => (isGrantor(roleNamed.get(name)) ? [index] : [])),
  };
}

/** A superuser is a target of its own: listing it behind every other target would say nothing. */
function isGrantor(role: Role | undefined): boolean {
  return role?.createRole === true && !role.superuser;
}
