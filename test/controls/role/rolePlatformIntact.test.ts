import { collected } from "../../../shared/collect/section.ts";
import { rolePlatformIntact } from "../../../shared/controls/role/rolePlatformIntact.ts";
import type { Role } from "../../../shared/model/catalogEvidence.ts";
import { catalogContext, role } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { entraAdmin } from "./attributeCases.ts";

const of13 = [
  "pg_monitor",
  "pg_read_all_settings",
  "pg_read_all_stats",
  "pg_stat_scan_tables",
  "pg_signal_backend",
  "pg_read_server_files",
  "pg_write_server_files",
  "pg_execute_server_program",
];
const to18 = [
  "pg_read_all_data",
  "pg_write_all_data",
  "pg_database_owner",
  "pg_checkpoint",
  "pg_create_subscription",
  "pg_use_reserved_connections",
  "pg_maintain",
  "pg_signal_autovacuum_worker",
];

const service = [
  role("azuresu", { superuser: true, createRole: true, canLogIn: true, replication: true, bypassRls: true }),
  role("azure_pg_admin"),
  role("replication", { replication: true, canLogIn: true }),
];

/** The roles of a major, with those of a test in place of theirs. */
function server(versionNum: number, names: readonly string[], ...changed: readonly Role[]) {
  const others = [...service, ...names.map((name) => role(name))].filter(
    ({ name }) => !changed.some((one) => one.name === name),
  );
  return {
    roles: collected([...others, ...changed]),
    context: collected([catalogContext({ versionNum })]),
  };
}

testControl(rolePlatformIntact, {
  pass: [
    { name: "13 as it is made", sections: server(130023, of13) },
    { name: "18 as it is made", sections: server(180004, [...of13, ...to18]) },
    { name: "an upgrade that brought more than the number says", sections: server(130023, [...of13, ...to18]) },
    {
      name: "what no source states of azure_pg_admin, and roles whose names only look alike",
      sections: server(
        180004,
        [...of13, ...to18],
        role("azure_pg_admin", { bypassRls: true, createRole: true, createDb: true }),
        role("pgadmin", { canLogIn: true, createRole: true }),
        role("PG_x", { superuser: true }),
      ),
    },
    {
      name: "a plain PostgreSQL without the service's roles",
      sections: { ...server(130023, of13), roles: collected(of13.map((name) => role(name))) },
    },
  ],
  fail: [
    {
      name: "attributes that were given and taken",
      sections: server(
        180004,
        [...of13, ...to18],
        role("azure_pg_admin", { superuser: true, canLogIn: true }),
        role("replication", { createRole: true }),
        role("azuresu"),
        role("pg_monitor", { canLogIn: true, connectionLimit: 5 }),
        role("pg_read_all_data", { inherit: false }),
        role("pg_backdoor", { bypassRls: true }),
        role("pg_maintain", { entra: entraAdmin }),
      ),
      subjects: [
        "role/azure_pg_admin",
        "role/azuresu",
        "role/pg_backdoor",
        "role/pg_maintain",
        "role/pg_monitor",
        "role/pg_read_all_data",
        "role/replication",
      ],
      says: [
        "Role azure_pg_admin was changed: it has SUPERUSER, it has LOGIN.",
        "it has NOINHERIT",
        "it has NOREPLICATION",
        "a connection limit of 5",
      ],
    },
    {
      name: "a predefined role that is gone",
      sections: server(140023, of13),
      subjects: ["role/pg_database_owner", "role/pg_read_all_data", "role/pg_write_all_data"],
      says: ["PostgreSQL 14 has it"],
    },
  ],
});
