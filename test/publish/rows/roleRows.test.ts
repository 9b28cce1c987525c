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
    });
  });

  it("says null, and not none, of what could not be read", () => {
    const missing = unavailable("denied", "no right");

    const rows = roleRows(posture({ ...given, memberships: missing, passwordTypes: missing }), context);

    expect(rows[1]).toMatchObject({ MemberOf: null, AdministratorReach: null, PasswordType: null });
    expect(roleRows(posture({ roles: missing }), context)).toEqual([]);
  });
});
