import type { Access } from "./accessPair.ts";

/** Numbers of the logins of one side, in the order of their names. */
export interface ComparedLogins {
  readonly all: Int32Array;
  /** Those only whose ways can lead over changed roles and memberships, newcomers among them. */
  readonly moved: Int32Array;
  /** Those that are none on the other side. */
  readonly newcomers: Int32Array;
}

/** @param moved names, as `movedLogins` found them */
export function comparedLogins(here: Access, there: Access, moved: ReadonlySet<string>): ComparedLogins {
  const { names, roles } = here.graph;
  const all = Int32Array.from(roles.flatMap((role, index) => (role?.canLogIn === true ? [index] : [])));
  const newcomers = all.filter((index) => there.graph.roles[index]?.canLogIn !== true);
  // Before 16, CREATEROLE leads to roles that nobody is a member of.
  const isEverywhere = [here, there].some(({ graph }) => graph.grantors.length > 0);
  const movedHere = all.filter((index) => there.graph.roles[index]?.canLogIn !== true || moved.has(names[index] ?? ""));
  return { all, moved: isEverywhere ? all : movedHere, newcomers };
}
