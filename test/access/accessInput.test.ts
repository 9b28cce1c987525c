import { describe, expect, it } from "@jest/globals";
import { accessInput, roleAccess } from "../../shared/access/accessInput.ts";
import { roleNeed } from "../../shared/access/holders.ts";
import { objectReach } from "../../shared/access/objectReach.ts";
import { privilegedReach } from "../../shared/access/privilegedReach.ts";
import { collected, unavailable } from "../../shared/collect/section.ts";
import type { Sections } from "../../shared/model/section.ts";
import { aclGroup, catalogContext, database, databaseFacts, grant, membership, posture, role } from "../builders.ts";

const server: Partial<Sections> = {
  context: collected([catalogContext()]),
  roles: collected([
    role("pg_database_owner"),
    role("app_owner", { inherit: false }),
    role("other_owner", { canLogIn: true }),
  ]),
  memberships: collected([membership("pg_database_owner", "azuresu", { grantor: "(implicit)" })]),
  databases: collected([databaseFacts("app"), databaseFacts("other", { owner: "other_owner" })]),
};

describe("accessInput", () => {
  it.each(["roles", "memberships", "context"] as const)("knows nothing without %s", (section) => {
    const made = accessInput(posture({ ...server, [section]: unavailable("denied", "no right") }));

    expect(made).toEqual({ unavailable: { database: null, section, reason: "denied", detail: "no right" } });
  });

  it("gives pg_database_owner the owner of each database, and no other", () => {
    const acls = collected([aclGroup({ owner: "azuresu", grants: [grant("pg_database_owner", "r")] })]);
    const made = accessInput(posture(server, undefined, [database("app", { acls }), database("other", { acls })]));
    if ("unavailable" in made) throw new Error(made.unavailable.detail);

    const readers = [...made.databases.values()].map((one) =>
      [...(objectReach(made, one, { schema: "app", name: "orders" })?.read.named ?? [])].map(([name, { how }]) => [
        name,
        how,
      ]),
    );

    expect(readers).toEqual([
      [
        ["app_owner", "inherit"],
        ["pg_database_owner", "inherit"],
      ],
      [
        ["other_owner", "inherit"],
        ["pg_database_owner", "inherit"],
      ],
    ]);
  });

  it.each([
    [130000, undefined],
    [150000, "set"],
    [160000, "inherit"],
  ])("lets the owner of a database, who is NOINHERIT, have on %i: %s", (versionNum, how) => {
    const context = collected([catalogContext({ versionNum })]);
    const made = accessInput(posture({ ...server, context }, undefined, [database("app", { acls: collected([]) })]));
    if ("unavailable" in made) throw new Error(made.unavailable.detail);
    const app = made.databases.get("app");
    if (app === undefined) throw new Error("The database is missing.");

    const via = { kind: "owner", owner: "pg_database_owner" } as const;
    const reach = roleNeed(made, app, "pg_database_owner", via).who;

    expect(reach.named.get("app_owner")?.how).toBe(how);
  });
});

describe("roleAccess", () => {
  const pg17 = { versionNum: 170000, database: "postgres" };

  it("counts roles that log in, and Entra groups, as login principals", () => {
    const entra = { objectId: "1", type: "group", admin: false, mfa: false } as const;
    const roles = [
      role("a", { canLogIn: true }),
      role("b", { entra }),
      role("c", { entra: { ...entra, type: "user" } }),
    ];

    const { logins, groups } = roleAccess(roles, [], pg17);

    expect([...logins]).toEqual(["a", "b"]);
    expect([...groups]).toEqual(["c"]);
  });

  it("makes one graph of one list of memberships, and another of other roles", () => {
    const [roles, edges] = [[role("a")], [membership("a", "b")]];

    expect(roleAccess(roles, edges, pg17).graph).toBe(roleAccess(roles, edges, pg17).graph);
    expect(roleAccess([role("c")], edges, pg17).graph.names).toEqual(["a", "b", "c"]);
  });

  it("reaches the privileged targets that exist, attributes by their keyword", () => {
    const roles = [role("azure_pg_admin"), role("maker", { createDb: true }), role("pg_maintain")];

    const reached = privilegedReach(roleAccess(roles, [membership("pg_maintain", "maker")], pg17));

    expect([...reached].map(([target, ways]) => [target, [...ways.keys()]])).toEqual([
      ["azure_pg_admin", []],
      ["SUPERUSER", []],
      ["BYPASSRLS", []],
      ["REPLICATION", []],
      ["CREATEROLE", []],
      ["CREATEDB", ["maker"]],
      ["pg_maintain", ["maker"]],
    ]);
  });
});
