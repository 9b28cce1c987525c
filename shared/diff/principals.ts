import type { Reach } from "../access/membershipClosure.ts";
import type { Access, AccessPair } from "./accessPair.ts";

/** Login principals that gain something, each with its way to the role that did; null for what PUBLIC gains. */
export type Gainers = ReadonlyMap<string, Reach | null>;

/** Who may use what a role may do, itself included: by inheritance or SET ROLE. What it would grant itself does not count. */
export function usersOf(role: string | null, side: Access): Gainers {
  const users = new Map<string, Reach | null>();
  if (role === null) {
    for (const name of side.graph.names) if (side.isLogin(name)) users.set(name, null);
    return users;
  }
  if (side.isLogin(role)) users.set(role, { how: "inherit", path: [role] });
  for (const [name, way] of side.reach({ kind: "role", name: role }))
    if (way.how !== "admin" && side.isLogin(name)) users.set(name, way);
  return users;
}

/**
 * Who gains what a role got, without those who had it already.
 *
 * @param had roles that had the same before; null is PUBLIC, which leaves nobody to gain
 * @returns undefined when nobody knows: roles or memberships could not be read
 */
export function gainersOf(
  role: string | null,
  had: readonly (string | null)[],
  access: AccessPair | undefined,
): Gainers | undefined {
  if (access === undefined) return undefined;
  if (had.includes(null)) return new Map();
  const gainers = new Map(usersOf(role, access.after));
  for (const holder of had) {
    if (gainers.size === 0) break;
    for (const name of usersOf(holder, access.before).keys()) gainers.delete(name);
  }
  return gainers;
}

/** Who loses what a role had, without those who still have it. */
export function losersOf(
  role: string | null,
  keep: readonly (string | null)[],
  access: AccessPair | undefined,
): Gainers | undefined {
  return access === undefined ? undefined : gainersOf(role, keep, { before: access.after, after: access.before });
}

const ways: Readonly<Record<Reach["how"], string>> = {
  inherit: "by inheritance",
  set: "by SET ROLE",
  admin: "by granting itself a role",
};

/** `: app_rw → ops → azure_pg_admin, by SET ROLE`; nothing for what a role has itself. */
export function wayText(reach: Reach | null): string {
  if (reach === null) return "";
  const { how, path } = reach;
  return path.length < 2 ? "" : `: ${path.join(" → ")}, ${ways[how]}`;
}
