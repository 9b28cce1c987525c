import type { Reach } from "../access/membershipClosure.ts";
import { isPlatformRole } from "../controls/role/platformRoles.ts";
import type { Access, AccessPair } from "./accessPair.ts";

/** Login principals that gain something, by name, each with its way to the role that did; null for what PUBLIC gains. */
export type Gainers = ReadonlyMap<string, Reach | null>;

/** Who may use what a role may do, by inheritance or SET ROLE, itself included. What it would grant itself does not count. */
function usersOf(role: string | null, side: Access): Gainers {
  const key = role ?? "";
  const known = side.users.get(key);
  if (known !== undefined) return known;
  const users = new Map<string, Reach | null>();
  const ways = role === null ? undefined : side.reach({ kind: "role", name: role });
  // The graph numbers roles in the order of their names.
  for (const name of role === null ? side.graph.names : [...(ways?.keys() ?? []), role].sort()) {
    const way = name === role ? { how: "inherit" as const, path: [name] } : (ways?.get(name) ?? null);
    if (way?.how !== "admin" && side.isLogin(name)) users.set(name, way);
  }
  side.users.set(key, users);
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
  const gainers = withoutMighty(usersOf(role, access.after), access.before);
  const holders = had.map((holder) => usersOf(holder, access.before)).filter(({ size }) => size > 0);
  if (holders.length === 0 || gainers.size === 0) return gainers;
  return new Map([...gainers].filter(([name]) => !holders.some((users) => users.has(name))));
}

/** Without the platform's own logins, and superusers, or who can become one: they could do it anyway. */
function withoutMighty(users: Gainers, before: Access): Gainers {
  const superusers = before.reach({ kind: "attribute", name: "superuser" });
  const mighty = [...users.keys()].filter((name) => {
    const way = superusers.get(name);
    return isPlatformRole(name) || (way !== undefined && way.how !== "admin");
  });
  if (mighty.length === 0) return users;
  const left = new Map(users);
  for (const name of mighty) left.delete(name);
  return left;
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
  return path.length < 2 ? "" : `: ${shortened(path).join(" → ")}, ${ways[how]}`;
}

/** So many roles of a long way are named at either end. */
const namedAtEnds = 8;

function shortened(path: readonly string[]): readonly string[] {
  if (path.length <= 2 * namedAtEnds + 1) return path;
  const between = path.length - 2 * namedAtEnds;
  return [...path.slice(0, namedAtEnds), `(${between} more)`, ...path.slice(-namedAtEnds)];
}
