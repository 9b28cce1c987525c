import type { Reach } from "../../access/membershipClosure.ts";

const ways: Readonly<Record<Reach["how"], string>> = {
  inherit: "by inheritance",
  set: "by SET ROLE",
  admin: "by granting itself a role",
};

/** Roles of a way that a message names; chains of thousands are legal, and nobody reads them. */
const shown = 8;

/** `by SET ROLE (ann > team > azure_pg_admin)`. */
export function wayText({ how, path }: Reach): string {
  return path.length === 1 ? "by its own attribute" : `${ways[how]} (${pathText(path)})`;
}

/** `ann > team > azure_pg_admin`; both ends of a long one. */
export function pathText(path: readonly string[]): string {
  if (path.length <= shown) return path.join(" > ");
  const [start, end] = [path.slice(0, shown / 2), path.slice(-shown / 2)];
  return [...start, `${path.length - shown} roles`, ...end].join(" > ");
}
