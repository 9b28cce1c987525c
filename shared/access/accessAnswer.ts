import type { EntraMapping } from "../model/catalogEvidence.ts";
import type { ObjectKind } from "../model/databaseEvidence.ts";
import { type AccessInput, impliedMembership, type MissingSection } from "./accessInput.ts";
import type { AccessTarget } from "./accessTarget.ts";
import type { BypassKind } from "./bypassPath.ts";
import { attributeNeed } from "./holders.ts";
import { type How, reachFrom } from "./membershipClosure.ts";
import { objectReach, type ObjectReach } from "./objectReach.ts";
import { administratorRole, attributeKeywords } from "./privilegedReach.ts";
import { rowSecurityBypass } from "./rowSecurityBypass.ts";
import { compareHow, type Precondition, type Via, type Way, type Who } from "./way.ts";

/** What a principal has to use at the end of its path. */
export interface AccessVia {
  readonly kind: "membership" | Via["kind"] | BypassKind;
  /** The role whose membership, grant, ownership or attribute it is; null is PUBLIC. */
  readonly role: string | null;
  /** `SUPERUSER` and the like. */
  readonly attribute?: string;
  /** SQL names; OWNERSHIP for what only owners may do. Of objects only. */
  readonly privileges?: readonly string[];
  /** Columns, where the grant is for these only. */
  readonly columns?: readonly string[];
  /** The view, function, partition or publication that leads past row security. */
  readonly through?: string;
  /** What decides `how` when that is not the path. */
  readonly precondition?: Precondition;
}

export interface AccessPrincipal {
  /** Null is PUBLIC: every role. */
  readonly role: string | null;
  /** Whether somebody logs in as this role; members of an Entra group log in as the group's role. */
  readonly login: boolean;
  readonly entra?: Pick<EntraMapping, "objectId" | "type">;
  readonly how: How;
  /** The role itself first, the role of `via` last; empty for PUBLIC. */
  readonly path: readonly string[];
  readonly via: AccessVia;
}

export type AnsweredTarget =
  | { readonly kind: "role" | "attribute"; readonly name: string }
  | {
      readonly kind: ObjectKind;
      readonly database: string;
      readonly schema: string;
      readonly name: string;
      readonly owner: string;
      /** Null when it could not be read. */
      readonly rowSecurity: "off" | "on" | "forced" | null;
    };

/** What `pgwarden access` prints as JSON. */
export interface AccessAnswer {
  readonly target: AnsweredTarget;
  /** By directness, then by name; a role that has several ways to an object stands there once per way. */
  readonly principals: readonly AccessPrincipal[];
  /** Of a table with row security: who gets past it. */
  readonly bypass?: readonly AccessPrincipal[];
  /** What could not be read and may hold further ways. */
  readonly missing: readonly MissingSection[];
}

/** @param target of `accessTarget`, made with the same input; an object that the input does not have is a bug */
export function accessAnswer(input: AccessInput, target: AccessTarget): AccessAnswer {
  const database = target.kind === "object" ? target.database : null;
  const missing = input.missing.filter((gap) => gap.database === null || gap.database === database);
  if (target.kind === "object") return { ...objectAnswer(input, target), missing };
  const { kind, name } = target;
  if (kind === "role") return { target: { kind, name }, principals: roleMembers(input, name), missing };
  const holders = flatten(input, attributeNeed(input, name).who, viaOf);
  return { target: { kind, name: attributeKeywords[name] }, principals: holders.sort(inOrder), missing };
}

function roleMembers(input: AccessInput, role: string): readonly AccessPrincipal[] {
  const owner = input.databases.get(input.connectedTo)?.owner ?? null;
  const start = { role, as: "privilege", via: { kind: "membership", role } } as const;
  const named = new Map(reachFrom(input.graph, [start], impliedMembership(input, owner)));
  named.delete(role);
  return flatten(input, { everyone: undefined, named }, ({ via }) => via).sort(inOrder);
}

function objectAnswer(
  input: AccessInput,
  { database: inDatabase, schema, name, objectKind: kind }: Extract<AccessTarget, { kind: "object" }>,
): Omit<AccessAnswer, "missing"> {
  const database = input.databases.get(inDatabase);
  const reach = database && objectReach(input, database, { schema, name, kind });
  if (reach === undefined) throw new Error(`Nothing is known of ${kind} ${schema}.${name} in database ${inDatabase}.`);
  const table = database?.protectedTables?.find((one) => one.schema === schema && one.table === name);
  const isOpen = database?.protectedTables === null;
  const rowSecurity = isOpen ? null : table?.enabled !== true ? "off" : table.forced ? "forced" : "on";
  const target = { kind, database: inDatabase, schema, name, owner: reach.owner, rowSecurity } as const;
  const principals = objectPrincipals(input, reach);
  if (database === undefined || table?.enabled !== true) return { target, principals };
  const protectedTables = [table];
  const bypass = rowSecurityBypass(input, { ...database, protectedTables }).flatMap(({ paths }) =>
    paths.flatMap(({ kind: past, through, who }) =>
      flatten(input, who, (way) => ({ ...viaOf(way), kind: past, ...(through === null ? {} : { through }) })),
    ),
  );
  return { target, principals, bypass: bypass.sort(inOrder) };
}

/** Privileges that a role has in the same way are one entry. */
function objectPrincipals(input: AccessInput, { privileges, own }: ObjectReach): readonly AccessPrincipal[] {
  const merged = new Map<string, AccessPrincipal & { via: { privileges: string[] } }>();
  const named = [...privileges].map(([letter, who]) => [privilegeNames[letter] ?? letter, who] as const);
  for (const [privilege, who] of [...named, ["OWNERSHIP", own] as const]) {
    for (const principal of flatten(input, who, viaOf)) {
      const key = JSON.stringify(principal);
      const known = merged.get(key);
      if (known === undefined) merged.set(key, { ...principal, via: { ...principal.via, privileges: [privilege] } });
      else known.via.privileges.push(privilege);
    }
  }
  return [...merged.values()].sort(inOrder);
}

function flatten<V>(
  { logins, roles }: AccessInput,
  { everyone, named }: Who<V>,
  tell: (way: Way<V>) => AccessVia,
): AccessPrincipal[] {
  const principals = [...named].map(([role, way]): AccessPrincipal => {
    const entra = roles.get(role)?.entra;
    const { how, path } = way;
    return {
      ...{ role, login: logins.has(role), how, path, via: tell(way) },
      ...(entra === undefined || entra === null ? {} : { entra: { objectId: entra.objectId, type: entra.type } }),
    };
  });
  if (everyone === undefined) return principals;
  const via = tell({ how: "inherit", path: [], via: everyone });
  return [{ role: null, login: true, how: "inherit", path: [], via }, ...principals];
}

function viaOf({ via, precondition }: Way): AccessVia {
  return { ...pathEnd(via), ...(precondition === undefined ? {} : { precondition }) };
}

function pathEnd(via: Via): AccessVia {
  switch (via.kind) {
    case "attribute":
      return { kind: "attribute", role: via.holder, attribute: attributeKeywords[via.attribute] };
    case "azure_pg_admin":
      return { kind: "azure_pg_admin", role: administratorRole };
    case "predefined":
      return { kind: "predefined", role: via.role };
    case "owner":
      return { kind: "owner", role: via.owner };
    case "grant":
      return { kind: "grant", role: via.grantee, ...(via.columns === undefined ? {} : { columns: via.columns }) };
  }
}

function inOrder(left: AccessPrincipal, right: AccessPrincipal): number {
  const byHow = compareHow(left.how, right.how);
  if (byHow !== 0) return byHow;
  if (left.role === right.role) return 0;
  return (left.role ?? "") < (right.role ?? "") ? -1 : 1;
}

const privilegeNames: Readonly<Record<string, string>> = {
  ...{ r: "SELECT", a: "INSERT", w: "UPDATE", d: "DELETE", D: "TRUNCATE", x: "REFERENCES", t: "TRIGGER" },
  ...{ m: "MAINTAIN", X: "EXECUTE", U: "USAGE", C: "CREATE" },
};
