import { describe, expect, it } from "@jest/globals";
import { isApplicationGroup, objectsText, ownedObjects } from "../../../shared/controls/priv/applicationObjects.ts";
import { aclGroup } from "../../builders.ts";

describe("isApplicationGroup", () => {
  it("takes what somebody made here, in schema public too", () => {
    expect(isApplicationGroup(aclGroup())).toBe(true);
    expect(isApplicationGroup(aclGroup({ schema: "pg_catalog_x", owner: "azuresu2" }))).toBe(true);
    expect(
      isApplicationGroup(aclGroup({ kind: "schema", schema: null, owner: "azure_pg_admin", objects: ["public"] })),
    ).toBe(true);
  });

  it("leaves out what is PostgreSQL's or the platform's", () => {
    expect(isApplicationGroup(aclGroup({ schema: "pg_catalog" }))).toBe(false);
    expect(isApplicationGroup(aclGroup({ schema: "information_schema" }))).toBe(false);
    expect(isApplicationGroup(aclGroup({ owner: "azuresu" }))).toBe(false);
    expect(isApplicationGroup(aclGroup({ kind: "schema", schema: null, objects: ["pg_catalog"] }))).toBe(false);
  });
});

describe("ownedObjects", () => {
  it("groups by owner and leaves out columns, types and what is not of an application", () => {
    const owned = ownedObjects([
      aclGroup(),
      aclGroup({ kind: "view", objects: ["v"] }),
      aclGroup({ kind: "column", owner: "bob", objects: ["orders.id"] }),
      aclGroup({ kind: "type", owner: "bob" }),
      aclGroup({ owner: "azuresu" }),
    ]);

    expect([...owned].map(([owner, groups]) => [owner, groups.length])).toEqual([["app_owner", 2]]);
  });
});

describe("objectsText", () => {
  it("names one object, and the first three of many", () => {
    expect(objectsText([aclGroup()])).toBe("table app.orders");
    expect(
      objectsText([aclGroup({ objects: ["d", "c"] }), aclGroup({ kind: "foreign_table", objects: ["a", "b"] })]),
    ).toBe("4 objects (foreign table app.a, foreign table app.b, table app.c and 1 more)");
  });
});
