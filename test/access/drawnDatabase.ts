import fc from "fast-check";

/** Roles, memberships, tables and grants as SQL, and the names in it. */
export interface DrawnDatabase {
  readonly roles: readonly string[];
  readonly tables: readonly string[];
  sql(major: number): string;
}

const roles = Array.from({ length: 12 }, (_, at) => `r${at}`);
const schemas = ["s0", "s1"];
const tables = ["s0.t0", "s0.t1", "s0.t2", "s1.t0", "s1.t1", "s1.t2"];

function oneIn(n: number): fc.Arbitrary<boolean> {
  return fc.nat(n - 1).map((drawn) => drawn === 0);
}

const role = fc.record({
  login: fc.boolean(),
  inherit: oneIn(4).map((not) => !not),
  superuser: oneIn(14),
  createRole: oneIn(10),
  bypassRls: oneIn(6),
});

const edge = fc.record({
  role: fc.constantFrom(...roles),
  member: fc.constantFrom(...roles),
  admin: oneIn(8),
  inherit: fc.boolean(),
  set: fc.boolean(),
});

const predefinedEdge = fc.record({
  role: fc.constantFrom("pg_read_all_data", "pg_write_all_data", "pg_maintain"),
  member: fc.constantFrom(...roles),
  inherit: fc.boolean(),
});

// PUBLIC and pg_database_owner among the grantees.
const grantee = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom(...roles) },
  { weight: 1, arbitrary: fc.constant("public") },
  { weight: 1, arbitrary: fc.constant("pg_database_owner") },
);

const tableGrant = fc.record({
  table: fc.constantFrom(...tables),
  grantee,
  privileges: fc.subarray(["select", "insert", "update", "delete", "truncate", "references", "trigger"], {
    minLength: 1,
    maxLength: 3,
  }),
  columns: oneIn(4),
});

const drawn = fc.record({
  roles: fc.tuple(...roles.map(() => role)),
  edges: fc.uniqueArray(
    // PostgreSQL refuses circles: a role is granted only to one behind it in the list.
    edge.filter((one) => roles.indexOf(one.role) < roles.indexOf(one.member)),
    { minLength: 8, maxLength: 18, selector: (one) => `${one.role}/${one.member}` },
  ),
  predefined: fc.array(predefinedEdge, { maxLength: 3 }),
  owners: fc.tuple(...tables.map(() => fc.constantFrom(...roles))),
  ownerLost: fc.subarray(tables, { maxLength: 2 }),
  enabled: fc.subarray(tables, { minLength: 3 }),
  forced: fc.subarray(tables),
  usage: fc.array(fc.record({ schema: fc.constantFrom(...schemas), grantee }), { minLength: 2, maxLength: 6 }),
  grants: fc.array(tableGrant, { minLength: 8, maxLength: 20 }),
  connect: fc.option(fc.array(fc.constantFrom(...roles), { maxLength: 6 })),
  databaseOwner: fc.constantFrom(...roles),
});

export const drawnDatabase: fc.Arbitrary<DrawnDatabase> = drawn.map((one) => ({
  roles,
  tables,
  sql: (major) => sqlOf(one, major),
}));

type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;

const columnPrivileges = ["select", "insert", "update", "references"];

function sqlOf(one: Drawn, major: number): string {
  function known(name: string): boolean {
    if (name === "pg_database_owner") return major >= 14;
    return !name.startsWith("pg_") || major >= (name === "pg_maintain" ? 17 : 14);
  }
  return [
    ...one.roles.map(({ login, inherit, superuser, createRole, bypassRls }, at) =>
      [
        `create role r${at}`,
        ...(login ? ["login"] : []),
        ...(inherit ? [] : ["noinherit"]),
        ...(superuser ? ["superuser"] : []),
        ...(createRole ? ["createrole"] : []),
        ...(bypassRls ? ["bypassrls"] : []),
      ].join(" "),
    ),
    ...one.edges.map(({ role: granted, member, admin, inherit, set }) => {
      const options = `with admin ${String(admin)}, inherit ${String(inherit)}, set ${String(set)}`;
      return `grant ${granted} to ${member} ${major >= 16 ? options : admin ? "with admin option" : ""}`;
    }),
    ...one.predefined
      .filter(({ role: granted }) => known(granted))
      .map(
        ({ role: granted, member, inherit }) =>
          `grant ${granted} to ${member} ${major >= 16 ? `with inherit ${String(inherit)}` : ""}`,
      ),
    ...schemas.map((schema) => `create schema ${schema}`),
    ...tables.flatMap((table, at) => [
      `create table ${table} (id int primary key, owner text)`,
      `alter table ${table} owner to ${one.owners[at] ?? ""}`,
    ]),
    ...one.ownerLost.map((table) => `revoke all on ${table} from ${one.owners[tables.indexOf(table)] ?? ""}`),
    ...one.enabled.map((table) => `alter table ${table} enable row level security`),
    ...one.forced.map((table) => `alter table ${table} force row level security`),
    ...one.usage
      .filter((grant) => known(grant.grantee))
      .map((grant) => `grant usage on schema ${grant.schema} to ${grant.grantee}`),
    ...one.grants
      .filter((grant) => known(grant.grantee))
      .flatMap(({ table, grantee: to, privileges, columns }) => {
        const possible = columns ? privileges.filter((name) => columnPrivileges.includes(name)) : privileges;
        // The evidence leaves out an owner that holds all of a column, as it does for whole tables.
        if (possible.length === 0 || (columns && to === one.owners[tables.indexOf(table)])) return [];
        return [
          `grant ${possible.map((name) => `${name}${columns ? " (owner)" : ""}`).join(", ")} on ${table} to ${to}`,
        ];
      }),
    `alter database postgres owner to ${one.databaseOwner}`,
    ...(one.connect === null ? [] : ["revoke connect on database postgres from public"]),
    ...(one.connect ?? []).map((name) => `grant connect on database postgres to ${name}`),
  ].join(";\n");
}
