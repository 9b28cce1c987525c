import type { Role } from "../../model/catalogEvidence.ts";
import type { Verdict } from "../../model/finding.ts";
import { defineControl, fail, pass, subjectOf } from "../control.ts";

type Attributes = Readonly<
  Partial<Pick<Role, "superuser" | "createRole" | "createDb" | "canLogIn" | "replication" | "bypassRls" | "inherit">>
>;

const keywords: Readonly<Record<keyof Attributes, string>> = {
  superuser: "SUPERUSER",
  createRole: "CREATEROLE",
  createDb: "CREATEDB",
  canLogIn: "LOGIN",
  replication: "REPLICATION",
  bypassRls: "BYPASSRLS",
  inherit: "INHERIT",
};

/** Every role whose name begins with `pg_`, on every major: PostgreSQL makes them, and nobody else can. */
const predefined: Attributes = {
  superuser: false,
  createRole: false,
  createDb: false,
  canLogIn: false,
  replication: false,
  bypassRls: false,
  inherit: true,
};

/**
 * What is published of the service's own roles (roles.md §4). Attributes that no source states for every major, such
 * as BYPASSRLS of azure_pg_admin, are left to the baseline.
 */
const ofService: ReadonlyMap<string, Attributes> = new Map([
  ["azuresu", { superuser: true }],
  ["azure_pg_admin", { superuser: false, canLogIn: false }],
  ["replication", { superuser: false, createRole: false, createDb: false, replication: true, bypassRls: false }],
]);

/** The major that brought each predefined role. */
const since: ReadonlyMap<string, number> = new Map([
  ["pg_monitor", 10],
  ["pg_read_all_settings", 10],
  ["pg_read_all_stats", 10],
  ["pg_stat_scan_tables", 10],
  ["pg_signal_backend", 10],
  ["pg_read_server_files", 11],
  ["pg_write_server_files", 11],
  ["pg_execute_server_program", 11],
  ["pg_read_all_data", 14],
  ["pg_write_all_data", 14],
  ["pg_database_owner", 14],
  ["pg_checkpoint", 15],
  ["pg_create_subscription", 16],
  ["pg_use_reserved_connections", 16],
  ["pg_maintain", 17],
  ["pg_signal_autovacuum_worker", 18],
]);

export const rolePlatformIntact = defineControl({
  meta: {
    id: "role-platform-intact",
    title: "Platform roles look as the service made them",
    severity: "medium",
    requires: ["roles", "context"],
    frameworks: {
      proposed: { mcsb: ["PV-2"], nist80053r5: ["SI-7"], pciDss401: ["11.5.2"], iso27001_2022: ["A.8.9"] },
    },
    rationale:
      "Customers cannot change the roles of the platform, so one that looks different was changed past the service: by an error of the platform or by somebody with a superuser's power.",
    remediation: {
      sql: `-- Only a superuser may run this: on the managed service, open a support request.
-- ALTER ROLE refuses the roles whose names begin with pg_.
update pg_catalog.pg_authid
   set rolsuper = false, rolcreaterole = false, rolcreatedb = false, rolcanlogin = false, rolreplication = false,
       rolbypassrls = false, rolinherit = true, rolconnlimit = -1
 where rolname = '<role>';`,
    },
  },

  evaluate({ roles, context }) {
    const versionNum = context[0]?.versionNum;
    if (versionNum === undefined) return [];
    const major = Math.floor(versionNum / 10_000);
    const present = new Set(roles.map(({ name }) => name));
    const missing = [...since].flatMap(([name, first]) =>
      major < first || present.has(name)
        ? []
        : [fail(subjectOf("role", name), `Role ${name} is missing; PostgreSQL ${major} has it.`)],
    );
    return [...roles.flatMap(judge), ...missing];
  },
});

function judge(role: Role): readonly Verdict[] {
  const isPredefined = role.name.startsWith("pg_");
  const wanted = isPredefined ? predefined : ofService.get(role.name);
  if (wanted === undefined) return [];
  const differences = [
    // The keys of an object literal of this type.
    ...(Object.keys(wanted) as (keyof Attributes)[]).flatMap((name) =>
      role[name] === wanted[name] ? [] : [`it has ${role[name] ? "" : "NO"}${keywords[name]}`],
    ),
    ...(isPredefined && role.connectionLimit !== null ? [`it has a connection limit of ${role.connectionLimit}`] : []),
    ...(isPredefined && role.entra !== null ? [`it stands for Entra ${role.entra.type} ${role.entra.objectId}`] : []),
  ];
  const subject = subjectOf("role", role.name);
  if (differences.length === 0) return [pass(subject, `Role ${role.name} looks as the platform made it.`)];
  return [fail(subject, `Role ${role.name} was changed: ${differences.join(", ")}.`)];
}
