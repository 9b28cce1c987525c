import { describe, expect, it } from "@jest/globals";
import { collected, unavailable } from "../../../shared/collect/section.ts";
import type { Sections } from "../../../shared/model/section.ts";
import { roleRows } from "../../../shared/publish/rows/roleRows.ts";
import { catalogContext, membership, posture, role, serverRef, takenAt } from "../../builders.ts";
import { expectRow } from "./checkRow.ts";

const context = { runId: "r1", now: new Date("2026-11-22T06:00:05.000Z"), takenAt, server: serverRef() };

describe("roleRows", () => {
  const given: Partial<Sections> = {
    context: collected([catalogContext()]),
    roles: collected([role("azure_pg_admin"), role('ä "b"', { canLogIn: true, connectionLimit: 5 })]),
    memberships: collected([membership("azure_pg_admin", 'ä "b"')]),
    passwordTypes: collected([{ role: 'ä "b"', type: "md5" }]),
  };

  it("tells attributes, memberships and the way to azure_pg_admin", () => {
    const rows = roleRows(posture(given), context);

    for (const row of rows) expectRow("PgWardenRole_CL", row);
    expect(rows[1]).toMatchObject({
      RoleName: 'ä "b"',
      CanLogIn: true,
      ConnectionLimit: 5,
      PasswordType: "md5",
      MemberOf: [{ role: "azure_pg_admin", grantor: "azuresu", admin: false, inherit: true, set: true }],
      AdministratorReach: "inherit",
      AdministratorPath: ['ä "b"', "azure_pg_admin"],
      PrivilegedReach: { azure_pg_admin: { how: "inherit", path: ['ä "b"', "azure_pg_admin"] } },
    });
  });

  it("tells every privileged target that a role reaches, how and by which path", () => {
    const edges = [
      membership("replicator", "ops", { inherit: true, set: false }),
      membership("replicator", "app_rw", { inherit: false, set: true }),
      membership("pg_read_all_data", "ops", { inherit: false, set: false, admin: true }),
      membership("pg_monitor", "ops"),
    ];
    const roles = [
      role("replicator", { replication: true }),
      ...["ops", "app_rw", "pg_read_all_data"].map((name) => role(name)),
    ];

    const rows = roleRows(posture({ ...given, roles: collected(roles), memberships: collected(edges) }), context);

    expect(Object.fromEntries(rows.map(({ RoleName, PrivilegedReach }) => [RoleName, PrivilegedReach]))).toEqual({
      replicator: { REPLICATION: { how: "inherit", path: ["replicator"] } },
      ops: { pg_read_all_data: { how: "admin", path: ["ops", "pg_read_all_data"] } },
      app_rw: { REPLICATION: { how: "set", path: ["app_rw", "replicator"] } },
      pg_read_all_data: {},
    });
    expect(rows[1]?.MemberOf).toEqual([
      { role: "replicator", grantor: "azuresu", admin: false, inherit: true, set: false },
      { role: "pg_read_all_data", grantor: "azuresu", admin: true, inherit: false, set: false },
      { role: "pg_monitor", grantor: "azuresu", admin: false, inherit: true, set: true },
    ]);
  });

  it("says null, and not none, of what could not be read", () => {
    const missing = unavailable("denied", "no right");

    const rows = roleRows(posture({ ...given, memberships: missing, passwordTypes: missing }), context);

    expect(rows[1]).toMatchObject({
      MemberOf: null,
      AdministratorReach: null,
      PrivilegedReach: null,
      PasswordType: null,
    });
    expect(roleRows(posture({ roles: missing }), context)).toEqual([]);
  });
});
