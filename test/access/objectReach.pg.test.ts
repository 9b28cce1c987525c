import { expect, it } from "@jest/globals";
import fc from "fast-check";
import type pg from "pg";
import { attributeNeed, roleNeed } from "../../shared/access/holders.ts";
import { objectReach } from "../../shared/access/objectReach.ts";
import { bypassesOf, rowSecurityBypass } from "../../shared/access/rowSecurityBypass.ts";
import type { How } from "../../shared/access/membershipClosure.ts";
import { anyOf, wayOf, type Who } from "../../shared/access/way.ts";
import { describePostgres } from "../describePostgres.ts";
import { evidenceOf } from "./catalogEvidence.ts";
import { type DrawnDatabase, drawnDatabase } from "./drawnDatabase.ts";

const databases = fc.sample(drawnDatabase, { seed: 20261122, numRuns: 24 });

const privileges = {
  ...{ r: "SELECT", a: "INSERT", w: "UPDATE", d: "DELETE", D: "TRUNCATE", x: "REFERENCES", t: "TRIGGER" },
  m: "MAINTAIN",
};
/** What a column may be granted by itself. */
const ofColumns = ["r", "a", "w", "x"];

describePostgres("all", (major, getServer) => {
  it("agrees with the server on every privilege and on row security", async () => {
    const compared = { privileges: 0, owners: 0, rowSecurity: 0, roles: 0 };
    const answers = { inherit: 0, set: 0, none: 0 };
    const mismatches: string[] = [];
    function compare(kind: keyof typeof compared, what: string, ours: How | undefined, theirs: Answer): void {
      compared[kind] += 1;
      answers[theirs ?? "none"] += 1;
      // The server cannot be asked what a role could grant itself; serverOracle.ts tries that.
      const isSame = (ours === "admin" ? undefined : ours) === theirs;
      if (!isSame) mismatches.push(`${what}: ${ours ?? "none"}, and the server says ${theirs ?? "none"}`);
    }

    for (const drawn of databases) {
      await getServer().asSuperuser(async (client) => {
        await client.query(`begin; ${drawn.sql(major)}`);
        const input = await evidenceOf(client, major);
        const theirs = await answersOf(client, drawn, major);
        await client.query("rollback");
        const database = input.databases.get("postgres");
        if (database === undefined) throw new Error("The evidence lacks the database.");

        for (const [target, role] of drawn.roles.flatMap((one) => drawn.roles.map((two) => [one, two] as const))) {
          if (target === role) continue;
          // The server counts superusers as members of everything.
          const superusers = attributeNeed(input, "superuser").who;
          const members = anyOf([superusers, roleNeed(input, database, target, { kind: "owner", owner: target }).who]);
          compare("roles", `${role} as ${target}`, howOf(members, role), theirs.reaches(role, target));
        }

        const bypass = rowSecurityBypass(input, { ...database, sharedAcls: null });
        for (const text of drawn.tables) {
          const [schema = "", name = ""] = text.split(".");
          const reach = objectReach(input, database, { schema, name });
          for (const role of drawn.roles) {
            const at = `${role} on ${text}`;
            for (const [letter, privilege] of Object.entries(privileges)) {
              if (letter === "m" && major < 17) continue;
              const way = reach && howOf(reach.privileges.get(letter), role);
              compare("privileges", `${privilege} of ${at}`, way, theirs.privilege(role, text, letter));
            }
            compare("owners", `ownership of ${at}`, reach && howOf(reach.own, role), theirs.owns(role, text));
            const table = bypass.find((one) => one.schema === schema && one.table === name);
            if (table === undefined) continue;
            const kinds = ["superuser", "bypassRls", "owner"];
            const past = bypassesOf(table, role).find(({ kind }) => kinds.includes(kind));
            compare("rowSecurity", `row security of ${at}`, past?.how, theirs.bypasses(role, text));
          }
        }
      });
    }

    expect(mismatches).toEqual([]);
    for (const [kind, count] of Object.entries(compared)) expect([kind, count > 1000]).toEqual([kind, true]);
    expect(compared.privileges).toBeGreaterThan(10_000);
    // Nothing of this would be worth much if the server nearly always said the same.
    for (const [answer, count] of Object.entries(answers)) expect([answer, count > 1000]).toEqual([answer, true]);
  });
});

function howOf(who: Who | undefined, role: string): How | undefined {
  return who && wayOf(who, role)?.how;
}

/** The server knows no third way. */
type Answer = "inherit" | "set" | undefined;

interface Answers {
  reaches(role: string, target: string): Answer;
  privilege(role: string, table: string, letter: string): Answer;
  owns(role: string, table: string): Answer;
  bypasses(role: string, table: string): Answer;
}

/** What the server says of each role as it is, put together over the roles that SET ROLE makes of it. */
async function answersOf(client: pg.Client, { roles, tables }: DrawnDatabase, major: number): Promise<Answers> {
  // SET ROLE leads to the server's own roles too.
  const own = ["pg_read_all_data", "pg_write_all_data", "pg_maintain", "pg_database_owner"];
  const existing = await pairs(client, "select rolname::text from pg_roles where rolname::text = any ($1)", [own]);
  const all = [...roles, ...existing];
  const mode = major >= 16 ? "SET" : "MEMBER";
  const becomes = await pairs(
    client,
    `select m || '/' || r from unnest($1::text[]) m, unnest($2::text[]) r
      where m = r or pg_has_role(m::name, r::name, '${mode}')`,
    [roles, all],
  );
  const held = await pairs(client, heldSql(major), [all, tables]);
  const usage = await pairs(
    client,
    `select r || '/' || t from unnest($1::text[]) r, unnest($2::text[]) t
      where has_schema_privilege(r::name, split_part(t, '.', 1), 'USAGE')`,
    [all, tables],
  );
  const connect = await pairs(
    client,
    "select r from unnest($1::text[]) r where has_database_privilege(r::name, current_database(), 'CONNECT')",
    [all],
  );
  const logins = await pairs(client, "select rolname::text from pg_roles where rolcanlogin", []);
  const owned = await pairs(
    client,
    `select r || '/' || t from unnest($1::text[]) r, unnest($2::text[]) t
       join pg_class c on c.oid = t::regclass where pg_has_role(r::name, c.relowner, 'USAGE')`,
    [all, tables],
  );
  const members = await pairs(
    client,
    "select m || '/' || r from unnest($1::text[]) m, unnest($2::text[]) r where pg_has_role(m::name, r::name, 'USAGE')",
    [all, roles],
  );
  const free = await freeOf(client, roles, tables);

  function how(role: string, conditions: readonly ((role: string) => boolean)[]): Answer {
    if (conditions.every((holds) => holds(role))) return "inherit";
    const can = all.filter((other) => becomes.has(`${role}/${other}`));
    return conditions.every((holds) => can.some(holds)) ? "set" : undefined;
  }
  /** Nobody logs in as a role without LOGIN. */
  function connects(role: string): (one: string) => boolean {
    return (one) => connect.has(one) || !logins.has(role);
  }
  return {
    reaches: (role, target) => how(role, [(one) => members.has(`${one}/${target}`)]),
    privilege: (role, table, letter) =>
      how(role, [
        (one) => held.has(`${one}/${table}/${letter}`),
        (one) => usage.has(`${one}/${table}`),
        connects(role),
      ]),
    owns: (role, table) => how(role, [(one) => owned.has(`${one}/${table}`), connects(role)]),
    bypasses: (role, table) => how(role, [(one) => free.has(`${one}/${table}`)]),
  };
}

function heldSql(major: number): string {
  const each = Object.entries(privileges).filter(([letter]) => letter !== "m" || major >= 17);
  const all = each.map(([letter, name]) => {
    const onColumn = ofColumns.includes(letter) ? `or has_any_column_privilege(r::name, t, '${name}')` : "";
    return `select r || '/' || t || '/${letter}' from unnest($1::text[]) r, unnest($2::text[]) t
      where has_table_privilege(r::name, t, '${name}') ${onColumn}`;
  });
  return all.join("\nunion all\n");
}

async function pairs(client: pg.Client, text: string, values: readonly unknown[]): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<[string]>({ text, values: [...values], rowMode: "array" });
  return new Set(rows.map(([key]) => key));
}

/** row_security_active answers for the current role alone, so each role is put on. */
async function freeOf(
  client: pg.Client,
  roles: readonly string[],
  tables: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ table: string; oid: string }>(
    `select t as "table", t::regclass::oid::text as oid from unnest($1::text[]) t`,
    [tables],
  );
  const found = new Set<string>();
  for (const role of roles) {
    await client.query(`set local session authorization ${role}`);
    const values = rows.map(({ table, oid }) => `('${table}', ${oid}::oid)`).join(", ");
    const active = await client.query<{ t: string }>(
      `select t from (values ${values}) v (t, o) where not row_security_active(o)`,
    );
    for (const { t } of active.rows) found.add(`${role}/${t}`);
    await client.query("reset session authorization");
  }
  return found;
}
