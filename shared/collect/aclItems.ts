import type { Grant, ObjectKind } from "../model/databaseEvidence.ts";
import { byCodeUnit } from "../diff/canonical.ts";
import { CollectError } from "./collectError.ts";

/** One entry of an ACL, as PostgreSQL prints it: `app_ro=ar*w/app_owner`. */
export interface AclItem {
  /** Null is PUBLIC. */
  readonly grantee: string | null;
  /** A letter each, `*` behind a grantable one, in the server's order. */
  readonly privileges: readonly string[];
  readonly grantor: string;
}

/**
 * The server quotes a name unless it is made of ASCII letters, digits and underscores, and doubles its quotes. It
 * prints the OID of a role that is gone, without quotes, which a role of that name looks like too.
 *
 * @throws CollectError for what no server prints; the message does not repeat it
 */
export function parseAclItem(text: string): AclItem {
  const grantee = readName(text, 0, "=");
  const slash = text.indexOf("/", grantee.end);
  if (text[grantee.end] !== "=" || slash < 0) throw misfit();
  const privileges = text.slice(grantee.end + 1, slash).match(/[^*]\*?/gu) ?? [];
  const grantor = readName(text, slash + 1, "");
  if (grantor.end !== text.length || grantor.name === "") throw misfit();
  if (privileges.join("").length !== slash - grantee.end - 1) throw misfit();
  return { grantee: grantee.name === "" ? null : grantee.name, privileges, grantor: grantor.name };
}

function readName(text: string, start: number, stop: "=" | ""): { readonly name: string; readonly end: number } {
  if (text[start] !== '"') {
    const end = stop === "" ? text.length : text.indexOf(stop, start);
    const name = text.slice(start, Math.max(start, end));
    if (end < 0 || /["=/]/.test(name)) throw misfit();
    return { name, end };
  }
  let end = start + 1;
  while (end < text.length && (text[end] !== '"' || text[end + 1] === '"')) end += text[end] === '"' ? 2 : 1;
  if (end >= text.length) throw misfit();
  return { name: text.slice(start + 1, end).replaceAll('""', '"'), end: end + 1 };
}

function misfit(): CollectError {
  return new CollectError(
    "shape",
    "PostgreSQL printed an ACL entry that is not of the form grantee=privileges/grantor.",
  );
}

/** Every privilege that an object of a kind can have on a major version. */
export function allPrivileges(kind: ObjectKind, major: number): string {
  switch (kind) {
    case "database":
      return "CTc";
    case "tablespace":
      return "C";
    case "parameter":
      return "As";
    case "schema":
      return "CU";
    case "table":
    case "view":
    case "matview":
    case "foreign_table":
      return major >= 17 ? "Dadmrtwx" : "Dadrtwx";
    case "sequence":
      return "Urw";
    case "column":
      return "arwx";
    case "function":
    case "procedure":
    case "aggregate":
      return "X";
    case "type":
    case "domain":
    case "language":
    case "fdw":
    case "server":
      return "U";
    case "large_object":
      return "rw";
  }
}

export interface AclOwner {
  readonly kind: ObjectKind;
  readonly owner: string;
  readonly major: number;
  /** Roles whose names are numbers; any other number is the OID of a role that is gone. */
  readonly numericRoles: ReadonlySet<string>;
}

/**
 * The entries of one ACL, one grant per grantee. The owner's grant is left out when it holds exactly what owners of
 * this kind hold; its grant options mean nothing, for an owner has them always. Columns have no owner's entry of their
 * own: their owner holds them through the table.
 */
export function grantsOf(
  acl: readonly string[],
  { kind, owner, major, numericRoles }: AclOwner,
): { readonly ownerFull: boolean; readonly grants: readonly Grant[] } {
  const held = new Map<string | null, { readonly letters: Map<string, boolean>; readonly grantors: Set<string> }>();
  for (const text of acl) {
    const { grantee, privileges, grantor } = parseAclItem(text);
    const name = grantee === null ? null : resolved(grantee, numericRoles);
    const entry = held.get(name) ?? { letters: new Map<string, boolean>(), grantors: new Set<string>() };
    held.set(name, entry);
    entry.grantors.add(resolved(grantor, numericRoles));
    for (const privilege of privileges) {
      const letter = privilege.replace("*", "");
      entry.letters.set(letter, privilege.endsWith("*") || entry.letters.get(letter) === true);
    }
  }

  const all = allPrivileges(kind, major);
  const own = held.get(owner)?.letters;
  const ownerFull = kind === "column" || (own !== undefined && all.split("").every((letter) => own.has(letter)));
  if (ownerFull && own?.size === all.length) held.delete(owner);
  const grants = [...held]
    .filter(([, { letters }]) => letters.size > 0)
    .map(([grantee, { letters, grantors }]) => ({
      grantee,
      privileges: [...letters.keys()]
        .sort(byCodeUnit)
        .map((letter) => (letters.get(letter) === true ? `${letter}*` : letter))
        .join(""),
      grantors: [...grantors].sort(byCodeUnit),
    }));
  return { ownerFull, grants: grants.sort((left, right) => byGrantee(left.grantee, right.grantee)) };
}

function resolved(name: string, numericRoles: ReadonlySet<string>): string {
  return /^\d+$/.test(name) && !numericRoles.has(name) ? `oid:${name}` : name;
}

function byGrantee(left: string | null, right: string | null): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? -1 : 1;
  return byCodeUnit(left, right);
}
