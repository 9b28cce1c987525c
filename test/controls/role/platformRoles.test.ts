import { expect, it } from "@jest/globals";
import { isPlatformRole } from "../../../shared/controls/role/platformRoles.ts";

it.each(["azuresu", "azure_superuser", "azure_pg_admin", "replication", "pg_monitor", "pg_read_all_data"])(
  "takes %s for the platform's",
  (name) => {
    expect(isPlatformRole(name)).toBe(true);
  },
);

it.each(["pgadmin", "pgbouncer", "pg", "PG_monitor", "AZURESU", "azure_mine", "azure", "replicator", "my_pg_role", ""])(
  "takes %p for somebody's own",
  (name) => {
    expect(isPlatformRole(name)).toBe(false);
  },
);
