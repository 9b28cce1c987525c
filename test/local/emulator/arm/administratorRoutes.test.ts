import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { ARM, collect, orders, ordersPath, rejection, startTestAzure, TENANT, type TestAzure } from "../testAzure.ts";

let azure: TestAzure;

beforeEach(async () => {
  azure = await startTestAzure();
});

afterEach(() => azure.close());

const soon = { updateIntervalInMs: 5 };
const OBJECT = "dddddddd-0000-0000-0000-000000000001";
const dba = { principalName: "dba@contoso.com", principalType: "Group" };

describe("administratorRoutes", () => {
  it("adds, lists, gets and deletes", async () => {
    const { administratorsMicrosoftEntra: administrators } = azure.arm;

    await administrators.beginCreateOrUpdateAndWait("shop", "orders", OBJECT, { ...dba, tenantId: TENANT }, soon);
    const listed = await collect(administrators.listByServer("shop", "orders"));
    const one = await administrators.get("shop", "orders", OBJECT.toUpperCase());
    await administrators.beginDeleteAndWait("shop", "orders", OBJECT, soon);

    expect(listed).toEqual([one]);
    expect(one).toMatchObject({ objectId: OBJECT, tenantId: TENANT, ...dba });
    expect(orders(azure).administrators).toEqual([]);
  });

  it("changes the one that is there", async () => {
    const path = ordersPath(azure, `/administrators/${OBJECT}`);
    for (const principalName of ["before", "after"]) {
      await azure.send("PUT", path, { audience: ARM, body: { properties: { ...dba, principalName } } });
    }

    expect(orders(azure).administrators.map(({ properties }) => properties)).toEqual([
      { ...dba, objectId: OBJECT, principalName: "after", tenantId: TENANT },
    ]);
  });

  it.each([
    ["an object id that is no UUID", "dba", { properties: dba }],
    ["an unknown type", OBJECT, { properties: { ...dba, principalType: "Robot" } }],
    ["no name", OBJECT, { properties: { principalType: "User" } }],
  ])("refuses %s", async (_, objectId, body) => {
    const answer = await azure.send("PUT", ordersPath(azure, `/administrators/${objectId}`), { audience: ARM, body });

    expect(answer.status).toBe(400);
    expect(orders(azure).administrators).toEqual([]);
  });

  it("refuses one while Entra authentication is off", async () => {
    orders(azure).body.properties.authConfig.activeDirectoryAuth = "Disabled";

    const answer = await azure.send("PUT", ordersPath(azure, `/administrators/${OBJECT}`), {
      audience: ARM,
      body: { properties: dba },
    });

    expect(answer.status).toBe(400);
  });

  it("says of an unknown one that it is not there", async () => {
    const get = await rejection(azure.arm.administratorsMicrosoftEntra.get("shop", "orders", OBJECT));
    const remove = await azure.send("DELETE", ordersPath(azure, `/administrators/${OBJECT}`), { audience: ARM });

    expect(get).toMatchObject({ statusCode: 404, code: "ResourceNotFound" });
    expect(remove.status).toBe(204);
  });
});
