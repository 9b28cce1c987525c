import type { Grant, ObjectKind } from "../model/databaseEvidence.ts";
import { byCodeUnit } from "../diff/canonical.ts";
import { CollectError } from "./collectError.ts";

/** One entry of an ACL, as PostgreSQL prints it: `app_ro=ar*w/app_owner`. */
export interface AclItem {
  /** Null is PUBLIC. */
  readonly grantee: string | null;
  /** Letters in the server's order, `*` behind a grantable one. */
  readonly privileges: string;
  readonly grantor: string;
}

/**
 * The server quotes a name unless it is made of ASCII letters, digits and underscores, and doubles its quotes. It
 * prints the OID of a role that is gone, without quotes, which a role of that name looks like too.
 *
 * @throws CollectError for what no server prints; the message does not repeat it
 */
export function parseAclItem(text: string): AclItem {
  const end = endOfName(text, 0, "=");
  const slash = text.indexOf("/", end);
  if (text[end] !== "=" || slash < 0 || endOfName(text, slash + 1, "") !== text.length) throw misfit();
  const grantor = nameIn(text, slash + 1, text.length);
  if (grantor === "") throw misfit();
  return { grantee: end === 0 ? null : nameIn(text, 0, end), privileges: text.slice(end + 1, slash), grantor };
}

function endOfName(text: string, start: number, stop: "=" | ""): number {
  if (text[start] !== '"') return stop === "" ? text.length : text.indexOf(stop, start);
  let at = start + 1;
  while (at < text.length && (text[at] !== '"' || text[at + 1] === '"')) at += text[at] === '"' ? 2 : 1;
  return at + 1;
}

function nameIn(text: string, start: number, end: number): string {
  const name = text.slice(start, end);
  if (name.startsWith('"')) return name.slice(1, -1).replaceAll('""', '"');
  if (name.includes('"') || name.includes("/") || name.includes("=")) throw misfit();
  return name;
}

/** `ar*w` as its parts; a star alone is no privilege. */
function partsOf(privileges: string): readonly string[] {
  const parts = privileges.match(/[^*]\*?/gu) ?? [];
  if (parts.join("") !== privileges) throw misfit();
  return parts;
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

export interface ServerRoles {
  readonly major: number;
  /** Roles whose names are numbers; any other number is the OID of a role that is gone. */
  readonly numericRoles: ReadonlySet<string>;
}

export interface ReadAcl {
  readonly ownerFull: boolean;
  readonly grants: readonly Grant[];
}

/**
 * Reads the entries of one ACL after the other, one grant per grantee. The owner's grant is left out when it holds
 * exactly what owners of this kind hold; its grant options mean nothing, for an owner has them always. Columns have no
 * owner's entry of their own: their owner holds them through the table.
 */
export function aclReader({
  major,
  numericRoles,
}: ServerRoles): (acl: readonly string[], kind: ObjectKind, owner: string) => ReadAcl {
  /**
   * Few entries are written, and often: each is read once, and all ACLs that have it share one grant. At full size a
   * grant for every entry of every table would be most of what a scan holds.
   */
  const known = new Map<string, Grant | null>();
  function grantIn(text: string): Grant | null {
    const before = known.get(text);
    if (before !== undefined) return before;
    const { grantee, privileges, grantor } = parseAclItem(text);
    const grant: Grant | null =
      privileges === ""
        ? null
        : {
            grantee: grantee === null ? null : resolved(grantee, numericRoles),
            privileges: partsOf(privileges).toSorted(byCodeUnit).join(""),
            grantors: [resolved(grantor, numericRoles)],
          };
    known.set(text, grant);
    return grant;
  }
  return (acl, kind, owner) => {
    const held = new Map<string | null, Grant>();
    for (const text of acl) {
      const grant = grantIn(text);
      if (grant === null) continue;
      const before = held.get(grant.grantee);
      held.set(grant.grantee, before === undefined ? grant : merged(before, grant));
    }

    const all = allPrivileges(kind, major);
    const own = held.get(owner)?.privileges.replaceAll("*", "");
    const ownerFull = kind === "column" || (own !== undefined && all.split("").every((letter) => own.includes(letter)));
    if (own === all) held.delete(owner);
    return { ownerFull, grants: [...held.values()].sort((left, right) => byGrantee(left.grantee, right.grantee)) };
  };
}

/** The same privilege from two grantors counts once, grantable if one of them says so. */
function merged(left: Grant, right: Grant): Grant {
  const parts = [...new Set([...partsOf(left.privileges), ...partsOf(right.privileges)])].sort(byCodeUnit);
  return {
    grantee: left.grantee,
    privileges: parts.filter((part) => part.endsWith("*") || !parts.includes(`${part}*`)).join(""),
    grantors: [...new Set([...left.grantors, ...right.grantors])].sort(byCodeUnit),
  };
}

function resolved(name: string, numericRoles: ReadonlySet<string>): string {
  const digit = name.charCodeAt(0) - 48; // most names are let through at a glance: there may be hundreds of thousands
  if (digit < 0 || digit > 9) return name;
  return /^\d+$/.test(name) && !numericRoles.has(name) ? `oid:${name}` : name;
}

function byGrantee(left: string | null, right: string | null): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? -1 : 1;
  return byCodeUnit(left, right);
}
