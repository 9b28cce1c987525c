import type { How, Reach, RoleAttribute } from "./membershipClosure.ts";

/** What a role has to use at the end of its path. */
export type Via =
  | { readonly kind: "attribute"; readonly attribute: RoleAttribute; readonly holder: string }
  /** Azure lets it into the objects of every role but the platform's own, and no catalog says so (roles.md §4). */
  | { readonly kind: "azure_pg_admin" }
  | { readonly kind: "predefined"; readonly role: string }
  /** `how` is `admin` where the owner holds no privilege but could grant it to itself. */
  | { readonly kind: "owner"; readonly owner: string }
  /** Null is PUBLIC. */
  | { readonly kind: "grant"; readonly grantee: string | null; readonly columns?: readonly string[] };

/** A second thing that the way needs, and that decides `how`. */
export interface Precondition {
  /** `USAGE on schema app`, `CONNECT on database shop`. */
  readonly needs: string;
  readonly path: readonly string[];
}

export interface Way<V = Via> extends Reach {
  readonly via: V;
  /** Only when what is needed beside the privilege is harder to come by than the privilege. */
  readonly precondition?: Precondition;
}

/** Roles with their ways. PUBLIC is not spelled out: `everyone` holds for each role, at once. */
export interface Who<V = Via> {
  readonly everyone: V | undefined;
  readonly named: ReadonlyMap<string, Way<V>>;
}

const ranks: Readonly<Record<How, number>> = { inherit: 0, set: 1, admin: 2 };

/** 0 for the most direct one. */
export function rankOf(how: How): number {
  return ranks[how];
}

/** A rank behind all others. */
export const noWay = 3;

/** Below 0: the left one is more direct. */
export function compareHow(left: How, right: How): number {
  return ranks[left] - ranks[right];
}

/** The way of one role; PUBLIC's when that is no worse. */
export function wayOf<V>({ everyone, named }: Who<V>, role: string): Way<V> | undefined {
  const own = named.get(role);
  if (everyone === undefined || own?.how === "inherit") return own;
  return { how: "inherit", path: [role], via: everyone };
}

/**
 * Only who has the precondition too. The two need not meet in one role: one role finds the table, and after SET ROLE
 * another one reads it, in a prepared statement or in a function whose body was parsed before (tried on 13 to 18).
 *
 * @param needs what it is called in evidence
 * @param free roles that need no precondition
 */
export function restrict<V>(
  who: Who<V>,
  precondition: Who<unknown>,
  needs: string,
  free: ReadonlySet<string> = new Set(),
): Who<V> {
  if (precondition.everyone !== undefined) return who;
  const candidates = who.everyone === undefined ? who.named.keys() : new Set([...precondition.named.keys(), ...free]);
  const named = new Map<string, Way<V>>();
  for (const role of candidates) {
    const way = wayOf(who, role);
    const needed = precondition.named.get(role);
    if (way !== undefined && free.has(role)) named.set(role, way);
    else if (way !== undefined && needed !== undefined) named.set(role, withPrecondition(way, needed, needs));
  }
  return { everyone: undefined, named };
}

export function withPrecondition<V>(way: Way<V>, needed: Reach, needs: string): Way<V> {
  if (compareHow(needed.how, way.how) <= 0) return way;
  return {
    how: needed.how,
    get path() {
      return way.path;
    },
    get via() {
      return way.via;
    },
    get precondition() {
      return { needs, path: needed.path };
    },
  };
}

/** The more direct way of each role; of equally direct ones the shorter path, then the earlier list. */
export function anyOf<V>(all: readonly Who<V>[]): Who<V> {
  const named = new Map<string, Way<V>>();
  const everyone = all.find((who) => who.everyone !== undefined)?.everyone;
  for (const who of all) {
    for (const [role, way] of who.named) {
      const known = named.get(role);
      if (known === undefined || isCloser(way, known)) named.set(role, way);
    }
  }
  return { everyone, named };
}

function isCloser(way: Reach, known: Reach): boolean {
  const difference = compareHow(way.how, known.how);
  return difference < 0 || (difference === 0 && way.path.length < known.path.length);
}
