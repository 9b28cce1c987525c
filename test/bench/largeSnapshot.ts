import type { Membership, Role } from "../../shared/model/catalogEvidence.ts";
import type { AclGroup, Grant } from "../../shared/model/databaseEvidence.ts";
import type { Posture } from "../../shared/model/posture.ts";
import {
  catalogContext,
  database,
  databaseFacts,
  membership,
  posture,
  protectedTable,
  role,
  rowPolicy,
  serverFacts,
} from "../builders.ts";

/** How much of everything; roles.md §2 is the default. */
export interface LargeSize {
  readonly roles: number;
  readonly memberships: number;
  readonly tables: number;
  readonly schemas: number;
  /** `patterned`: three grantees per table by pattern. `unique`: three at random, nearly every ACL is its own. */
  readonly acls: "patterned" | "unique";
  readonly seed: number;
}

export const largeSize: LargeSize = {
  roles: 20_000,
  memberships: 50_000,
  tables: 50_000,
  schemas: 100,
  acls: "patterned",
  seed: 1,
};

/** The server of roles.md §2 as one posture: the same for the same size, with no database behind it. */
export function largePosture(override: Partial<LargeSize> = {}): Posture {
  const size = { ...largeSize, ...override };
  const random = seeded(size.seed);
  const groups = Math.max(4, Math.floor(size.roles / 10));
  const tables = aclsOf(size, groups, random);
  const rows = Array.from({ length: Math.floor(size.tables / 100) }, (_, index) => `secret_${index}`);
  return posture(
    {
      server: { state: "collected", items: [serverFacts()] },
      context: { state: "collected", items: [catalogContext()] },
      roles: { state: "collected", items: rolesOf(size, groups) },
      memberships: { state: "collected", items: membershipsOf(size, groups, random) },
      databases: { state: "collected", items: [databaseFacts("shop")] },
    },
    undefined,
    [
      database("shop", {
        acls: { state: "collected", items: tables },
        protectedTables: { state: "collected", items: rows.map((table) => protectedTable({ table })) },
        rowPolicies: { state: "collected", items: rows.map((table) => rowPolicy({ table })) },
      }),
    ],
  );
}

/** Mulberry32: small, and the same everywhere. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function rolesOf({ roles }: LargeSize, groups: number): readonly Role[] {
  const fixed = [role("azure_pg_admin"), role("pgadmin", { canLogIn: true, createRole: true, createDb: true })];
  const named = Array.from({ length: groups }, (_, index) => role(`group_${index}`, { oid: 20_000 + index }));
  const logins = Array.from({ length: Math.max(0, roles - groups - fixed.length) }, (_, index) =>
    role(`login_${index}`, { oid: 100_000 + index, canLogIn: true }),
  );
  return [...fixed, ...named, ...logins];
}

/** Groups nest about seven deep; the rest are logins in groups. */
function membershipsOf({ roles, memberships }: LargeSize, groups: number, random: () => number): readonly Membership[] {
  const edges = new Map<string, Membership>([["", membership("azure_pg_admin", "pgadmin")]]);
  for (let index = 1; index < groups; index += 1) {
    const parent = Math.floor(index / 3);
    edges.set(`${parent} group ${index}`, membership(`group_${parent}`, `group_${index}`));
  }
  const logins = Math.max(1, roles - groups - 2);
  while (edges.size < memberships) {
    const [group, login] = [Math.floor(random() * groups), Math.floor(random() * logins)];
    edges.set(`${group} ${login}`, membership(`group_${group}`, `login_${login}`, { inherit: random() < 0.9 }));
  }
  return [...edges.values()];
}

function aclsOf(size: LargeSize, groups: number, random: () => number): readonly AclGroup[] {
  const byAcl = new Map<string, { readonly group: AclGroup; readonly objects: string[] }>();
  for (let index = 0; index < size.tables; index += 1) {
    const schema = `s${index % size.schemas}`;
    const owner = `group_${index % 20}`;
    const made = size.acls === "patterned" ? patterned(index, size.schemas) : unique(groups, random);
    const grants = made.map((grant) => ({ ...grant, grantors: [owner] }));
    const id = JSON.stringify([schema, owner, grants.map(({ grantee, privileges }) => [grantee, privileges])]);
    const known = byAcl.get(id) ?? {
      group: { kind: "table" as const, schema, owner, ownerFull: true, grants, objects: [] },
      objects: [],
    };
    known.objects.push(`t${index}`);
    byAcl.set(id, known);
  }
  return [...byAcl.values()].map(({ group, objects }) => ({ ...group, objects }));
}

function patterned(index: number, schemas: number): readonly Grant[] {
  if (index % 5 === 0) return [];
  const schema = index % schemas;
  const grants = [grantTo(`group_${100 + schema}`, "r"), grantTo(`group_${200 + schema}`, "adrw")];
  return index % 50 === 1 ? [...grants, grantTo(`group_${300 + (index % 97)}`, "r")] : grants;
}

function unique(groups: number, random: () => number): readonly Grant[] {
  const grantees = new Set<number>();
  while (grantees.size < 3) grantees.add(Math.floor(random() * groups));
  return [...grantees]
    .map((group) => `group_${group}`)
    .sort()
    .map((grantee, index) => grantTo(grantee, ["r", "adrw", "arw"][index] ?? "r"));
}

function grantTo(grantee: string, privileges: string): Grant {
  return { grantee, privileges, grantors: ["app_owner"] };
}
