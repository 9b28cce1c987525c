import { describe, expect, it } from "@jest/globals";
import { collected } from "../../shared/collect/section.ts";
import { diffSnapshots } from "../../shared/diff/diffSnapshots.ts";
import { snapshotOf } from "../../shared/diff/snapshot.ts";
import type { AclGroup } from "../../shared/model/databaseEvidence.ts";
import type { Drift } from "../../shared/model/drift.ts";
import { aclGroup, catalogContext, database, grant, membership, posture, role, serverRef } from "../builders.ts";

const login = { canLogIn: true };

function diff(before: readonly AclGroup[], after: readonly AclGroup[]): readonly Drift[] {
  const server = {
    context: collected([catalogContext()]),
    roles: collected([
      role("azuresu", { ...login, superuser: true }),
      role("replication", { ...login, replication: true }),
      role("azure_superuser", login),
      role("azure_pg_admin"),
      role("pg_read_all_data"),
      role("app_owner", login),
      role("root", { ...login, superuser: true }),
      role("becomes_root", login),
      role("might_become_root", login),
      role("pgadmin", login),
      role("reader", login),
      role("ann", login),
      role("bob", login),
    ]),
    memberships: collected([
      membership("root", "becomes_root"),
      membership("root", "might_become_root", { admin: true, inherit: false, set: false }),
      membership("azure_pg_admin", "pgadmin"),
      membership("pg_read_all_data", "reader"),
    ]),
  };
  const [old, now] = [before, after].map((acls) =>
    snapshotOf(posture(server, serverRef(), [database("shop", { acls: collected(acls) })])),
  );
  return old && now ? diffSnapshots(old, now, { comparison: "previous", serverId: serverRef().id }) : [];
}

describe("a grant to PUBLIC", () => {
  it("counts who gains: no platform login, no superuser, nobody who needs no grant", () => {
    const [drift] = diff([aclGroup()], [aclGroup({ grants: [grant(null, "r")] })]);

    expect(drift?.gainedPrincipals).toEqual(["ann", "bob", "might_become_root"]);
    expect(drift).toMatchObject({ gainedCount: 3, effectCount: 3, severity: "high" });
    expect(drift?.message).toBe(
      "PUBLIC got SELECT on table app.orders in database shop: every login (3) that could not before can use it.",
    );
  });

  it("leaves out who had the privilege by a grant of its own", () => {
    const own = [grant("bob", "r")];

    const [drift] = diff([aclGroup({ grants: own })], [aclGroup({ grants: [grant(null, "r"), ...own] })]);

    expect(drift?.gainedPrincipals).toEqual(["ann", "might_become_root"]);
  });

  it("counts the reader of all data as a gainer of what is no reading", () => {
    const [drift] = diff([aclGroup()], [aclGroup({ grants: [grant(null, "w")] })]);

    expect(drift?.gainedPrincipals).toEqual(["ann", "bob", "might_become_root", "reader"]);
  });

  it("is of no use to administrators only where the platform owns the object", () => {
    const [drift] = diff(
      [aclGroup({ owner: "azuresu" })],
      [aclGroup({ owner: "azuresu", grants: [grant(null, "w")] })],
    );

    expect(drift?.gainedPrincipals).toContain("pgadmin");
  });
});

describe("a grant to a role", () => {
  it("gives its members nothing that superusers and administrators among them had", () => {
    const [drift] = diff([aclGroup()], [aclGroup({ grants: [grant("root", "w"), grant("pgadmin", "w")] })]);

    expect(drift?.gainedPrincipals).toEqual([]);
  });
});
