import { allOf, type Need } from "./need.ts";
import type { Who } from "./way.ts";

/**
 * Kinds of ways past row security, the plainest first. The first four lift it from the role altogether; the others
 * are ways to rows, or to changes of them, that no policy looks at.
 */
export type BypassKind =
  | "superuser"
  | "bypassRls"
  /** The owner of a table without FORCE. */
  | "owner"
  | "azure_pg_admin"
  /** A partition without row security of its own that is granted directly. */
  | "partition"
  /** A view that reads with the rights of an owner who is not held by the policies. */
  | "view"
  /** Holds what its owner saw at the last refresh. */
  | "materializedView"
  /** A SECURITY DEFINER function that names the table, of an owner who is not held by the policies. */
  | "definerFunction"
  /** Logical replication sends every row. */
  | "publication"
  | "truncate"
  /** A foreign key tells which key values exist. */
  | "references";

/** One way past the row security of one table, and who has it. */
export interface BypassPath {
  readonly kind: BypassKind;
  /** The partition, view or function in between as `schema.name`, or the publication; null: the table itself. */
  readonly through: string | null;
  /** Who has all of `needs`. */
  readonly who: Who;
  readonly needs: readonly Need[];
  /** Roles any of which opens the way to others, as long as the policies do not hold it: owners of code. */
  readonly openers: readonly string[];
}

/** @param needs is asked once, when somebody looks at the way */
export function bypassPath(
  { kind, through }: Pick<BypassPath, "kind" | "through">,
  needs: () => readonly Need[],
  openers: readonly string[] = [],
): BypassPath {
  let known: readonly Need[] | undefined;
  let answer: Who | undefined;
  const path: BypassPath = {
    kind,
    through,
    openers,
    get needs() {
      known ??= needs();
      return known;
    },
    get who() {
      answer ??= allOf(path.needs);
      return answer;
    },
  };
  return path;
}
