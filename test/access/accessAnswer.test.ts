import { describe, expect, it } from "@jest/globals";
import * as v from "valibot";
import { accessAnswer } from "../../shared/access/accessAnswer.ts";
import { accessInput, type AccessInput } from "../../shared/access/accessInput.ts";
import { accessTarget } from "../../shared/access/accessTarget.ts";
import { collected, unavailable } from "../../shared/collect/section.ts";
import type { DatabaseSections, Sections } from "../../shared/model/section.ts";
import { AccessReport, accessReport } from "../../shared/publish/accessSchema.ts";
import {
  aclGroup,
  catalogContext,
  database,
  databaseFacts,
  grant,
  membership,
  posture,
  protectedTable,
  role,
} from "../builders.ts";

const login = { canLogIn: true };
const group = { objectId: "0000-1", type: "group", admin: false, mfa: false } as const;

const server: Partial<Sections> = {
  context: collected([catalogContext({ database: "app" })]),
  roles: collected([
    role("azure_pg_admin"),
    role("app_owner"),
    role("app_ro"),
    role("ops", { entra: group }),
    role("app_rw", login),
    role("ann", login),
    role("azuresu", { ...login, superuser: true }),
  ]),
  memberships: collected([
    membership("azure_pg_admin", "ops", { inherit: true, set: false }),
    membership("ops", "app_rw", { inherit: false, set: true }),
    membership("app_ro", "ann"),
    membership("pg_database_owner", "app_owner", { grantor: "(implicit)" }),
  ]),
  databases: collected([databaseFacts("app")]),
  sharedAcls: collected([aclGroup({ kind: "database", schema: null, grants: [grant(null, "Tc")], objects: ["app"] })]),
};

const inApp: Partial<DatabaseSections> = {
  acls: collected([
    aclGroup({ kind: "schema", schema: null, grants: [grant(null, "U")], objects: ["app"] }),
    aclGroup({ grants: [grant("app_ro", "r")], objects: ["orders", "accounts"] }),
    aclGroup({ kind: "column", grants: [grant("app_rw", "w")], objects: ["orders.state", '"my table".id'] }),
    aclGroup({ kind: "function", grants: [grant(null, "X")], objects: ["total(integer)"] }),
    aclGroup({ objects: ["my table"], grants: [] }),
  ]),
  protectedTables: collected([protectedTable()]),
  partitions: collected([]),
  definerFunctions: collected([]),
  protectedViews: collected([]),
  publications: collected([]),
};

function input(override: Partial<Sections> = {}, sections: Partial<DatabaseSections> = {}): AccessInput {
  const made = accessInput(
    posture({ ...server, ...override }, undefined, [database("app", { ...inApp, ...sections })]),
  );
  if ("unavailable" in made) throw new Error(made.unavailable.detail);
  return made;
}

function ask(text: string, given = input(), inDatabase?: string) {
  const target = accessTarget(given, text, inDatabase);
  if ("fault" in target) throw new Error(target.fault);
  const answer = accessAnswer(given, target);
  expect(v.parse(AccessReport, JSON.parse(JSON.stringify(accessReport(answer))))).toEqual(accessReport(answer));
  return answer;
}

describe("accessAnswer", () => {
  it("says who becomes azure_pg_admin, how and by which path", () => {
    expect(ask("azure_pg_admin")).toEqual({
      target: { kind: "role", name: "azure_pg_admin" },
      principals: [
        {
          ...{ role: "ops", login: true, entra: { objectId: "0000-1", type: "group" } },
          ...{ how: "inherit", path: ["ops", "azure_pg_admin"] },
          via: { kind: "membership", role: "azure_pg_admin" },
        },
        {
          ...{ role: "app_rw", login: true, how: "set", path: ["app_rw", "ops", "azure_pg_admin"] },
          via: { kind: "membership", role: "azure_pg_admin" },
        },
      ],
      missing: [],
    });
  });

  it("says who holds an attribute or becomes one who does", () => {
    expect(ask("superuser").principals).toEqual([
      {
        ...{ role: "azuresu", login: true, how: "inherit", path: ["azuresu"] },
        via: { kind: "attribute", role: "azuresu", attribute: "SUPERUSER" },
      },
    ]);
  });

  it("says who may do what with a table, each way once", () => {
    const { target, principals, bypass } = ask("app.orders");

    expect(target).toEqual({
      ...{ kind: "table", database: "app", schema: "app", name: "orders" },
      ...{ owner: "app_owner", rowSecurity: "off" },
    });
    expect(bypass).toBeUndefined();
    const told = principals.map(({ role, how, path, via }) => [role, how, path.join(" > "), via.kind, via.privileges]);
    const all = ["INSERT", "SELECT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"];
    expect(told).toEqual([
      ["ann", "inherit", "ann > app_ro", "grant", ["SELECT"]],
      ["app_owner", "inherit", "app_owner", "owner", [...all, "OWNERSHIP"]],
      ["app_ro", "inherit", "app_ro", "grant", ["SELECT"]],
      ["app_rw", "inherit", "app_rw", "grant", ["UPDATE"]],
      ["azure_pg_admin", "inherit", "azure_pg_admin", "azure_pg_admin", [...all, "OWNERSHIP"]],
      ["azuresu", "inherit", "azuresu", "attribute", [...all, "OWNERSHIP"]],
      ["ops", "inherit", "ops > azure_pg_admin", "azure_pg_admin", [...all, "OWNERSHIP"]],
      [
        ...["app_rw", "set", "app_rw > ops > azure_pg_admin", "azure_pg_admin"],
        [...all.filter((name) => name !== "UPDATE"), "OWNERSHIP"],
      ],
    ]);
    expect(principals.find(({ via }) => via.columns !== undefined)?.via.columns).toEqual(["state"]);
  });

  it("says who gets past the row security of a table", () => {
    const { target, bypass } = ask("app.accounts");

    expect(target).toMatchObject({ rowSecurity: "forced" });
    expect(bypass?.map(({ role, how, via }) => [role, how, via.kind])).toEqual([
      ["azure_pg_admin", "inherit", "azure_pg_admin"],
      ["azuresu", "inherit", "superuser"],
      ["ops", "inherit", "azure_pg_admin"],
      ["app_rw", "set", "azure_pg_admin"],
    ]);
  });

  it("keeps PUBLIC one entry", () => {
    const { principals } = ask("app.total(integer)");

    expect(principals[0]).toEqual({
      ...{ role: null, login: true, how: "inherit", path: [] },
      via: { kind: "grant", role: null, privileges: ["EXECUTE"] },
    });
  });

  it("spells PUBLIC out where only some may connect, and says what decides", () => {
    const sharedAcls = collected([
      aclGroup({ kind: "database", schema: null, grants: [grant("ops", "c")], objects: ["app"] }),
    ]);

    const { principals } = ask("app.total(integer)", input({ sharedAcls }));

    const execute = principals.filter(({ via }) => via.privileges?.includes("EXECUTE") === true);
    expect(execute.map(({ role, how }) => [role, how])).toEqual([
      ["app_owner", "inherit"],
      ["app_ro", "inherit"],
      ["azure_pg_admin", "inherit"],
      ["azuresu", "inherit"],
      ["ops", "inherit"],
      ["app_rw", "set"],
    ]);
    expect(execute.at(-1)?.via.precondition).toEqual({ needs: "CONNECT on database app", path: ["app_rw", "ops"] });
  });

  it("says of which sections it knows nothing", () => {
    const none = unavailable("denied", "no right");

    const { missing, target } = ask("app.orders", input({ sharedAcls: none }, { protectedTables: none }));

    expect(target).toMatchObject({ rowSecurity: null });
    expect(missing).toEqual([
      { database: null, section: "sharedAcls", reason: "denied", detail: "no right" },
      { database: "app", section: "protectedTables", reason: "denied", detail: "no right" },
    ]);
  });
});

describe("accessTarget", () => {
  it.each([
    ["a role of that name", "ops", { kind: "role", name: "ops" }],
    ["an attribute in any case", "BypassRLS", { kind: "attribute", name: "bypassRls" }],
    ["a quoted name", 'app."my table"', { kind: "object", name: "my table", objectKind: "table" }],
    ["a function by its input types", "app.total(integer)", { kind: "object", objectKind: "function" }],
  ])("takes %s", (_name, text, expected) => {
    expect(accessTarget(input(), text)).toMatchObject(expected);
  });

  it("takes a role over an object that is called alike", () => {
    const roles = collected([role("app.orders")]);

    expect(accessTarget(input({ roles }), "app.orders")).toEqual({ kind: "role", name: "app.orders" });
  });

  it("says what it looked through", () => {
    const none = unavailable("timeout", "It took too long.");

    expect(accessTarget(input(), "app.nothing")).toEqual({
      fault: "app.nothing is no role, and no object of database app.",
    });
    expect(accessTarget(input(), "app.orders", "other")).toEqual({
      fault: "Database other was not read; these were: app.",
    });
    expect(accessTarget(input({}, { acls: none }), "app.orders", "app")).toEqual({
      fault: "Database app could not be read: It took too long.",
    });
    expect(accessTarget(input({}, { acls: none }), "app.orders")).toEqual({ fault: "No database could be read." });
  });

  it("asks for the database when several have the object", () => {
    const both = [database("a", inApp), database("b", inApp)];
    const made = accessInput(posture(server, undefined, both));
    if ("unavailable" in made) throw new Error(made.unavailable.detail);

    expect(accessTarget(made, "app.orders")).toEqual({
      fault: "app.orders exists in the databases a, b; name one of them.",
    });
    expect(accessTarget(made, "app.orders", "b")).toMatchObject({ database: "b" });
  });
});
