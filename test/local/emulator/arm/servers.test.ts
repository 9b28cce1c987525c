import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { newServerState } from "../../../../shared/local/emulator/newServerState.ts";
import {
  ARM,
  collect,
  orders,
  ordersPath,
  rejection,
  startTestAzure,
  SUBSCRIPTION,
  type TestAzure,
} from "../testAzure.ts";

let azure: TestAzure;

beforeEach(async () => {
  azure = await startTestAzure();
});

afterEach(() => azure.close());

const soon = { updateIntervalInMs: 5 };
const PASSWORD = "Str0ng-enough-password";

function addServer(name: string, resourceGroup = "Shop"): void {
  const server = newServerState({
    subscriptionId: SUBSCRIPTION,
    resourceGroup,
    name,
    version: "16",
    administratorLogin: "pgadmin",
  });
  azure.state.servers.set(server.body.id.toLowerCase(), server);
}

function ordersId(): string {
  return orders(azure).body.id.toLowerCase();
}

function body(properties: object): object {
  return { properties };
}

describe("listServersRoute", () => {
  it("lists a subscription page by page, with links to its own host", async () => {
    addServer("billing", "Finance");
    addServer("stock");
    azure.state.behaviour.pageSize = 1;
    const pages: unknown[] = [];

    const servers = await collect(
      azure.arm.servers.listBySubscription({
        onResponse: ({ bodyAsText }) => pages.push(JSON.parse(bodyAsText ?? "")),
      }),
    );

    expect(servers.map(({ name }) => name)).toEqual(["orders", "billing", "stock"]);
    expect(pages).toHaveLength(3);
    expect(pages[0]).toMatchObject({ nextLink: expect.stringContaining(`${azure.emulator.url}/subscriptions/`) });
    expect(pages[2]).not.toHaveProperty("nextLink");
  });

  it("lists one resource group", async () => {
    addServer("billing", "Finance");

    const servers = await collect(azure.arm.servers.listByResourceGroup("FINANCE"));

    expect(servers.map(({ name }) => name)).toEqual(["billing"]);
  });

  it("refuses a group that does not exist, and a bad $skiptoken", async () => {
    const error = await rejection(collect(azure.arm.servers.listByResourceGroup("nowhere")));
    const path = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.DBforPostgreSQL/flexibleServers`;
    const answer = await azure.send("GET", `${path}?api-version=2025-08-01&$skiptoken=!`, { audience: ARM });

    expect(error).toMatchObject({ statusCode: 404, code: "ResourceGroupNotFound" });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: "InvalidSkipToken" } } });
  });
});

describe("getServerRoute", () => {
  it("gives the raw body as it is in the state", async () => {
    let raw: unknown;

    await azure.arm.servers.get("shop", "orders", {
      onResponse: ({ bodyAsText }) => {
        raw = JSON.parse(bodyAsText ?? "");
      },
    });

    expect(raw).toEqual(orders(azure).body);
  });

  it("refuses a server that is gone", async () => {
    azure.state.servers.clear();
    addServer("stock");

    const error = await rejection(azure.arm.servers.get("shop", "orders"));

    expect(error).toMatchObject({ statusCode: 404, code: "ResourceNotFound" });
  });
});

describe("patchServerRoute", () => {
  it("changes the password in PostgreSQL and keeps it nowhere", async () => {
    const server = await azure.arm.servers.beginUpdateAndWait(
      "shop",
      "orders",
      { administratorLoginPassword: PASSWORD },
      soon,
    );

    expect(server.state).toBe("Ready");
    expect([...azure.postgres.passwords]).toEqual([[`${ordersId()} pgadmin`, PASSWORD]]);
    expect(JSON.stringify([...azure.state.servers])).not.toContain(PASSWORD);
    expect(JSON.stringify(azure.emulator.requests)).not.toContain(PASSWORD);
  });

  it("is polled as long as told, then read again", async () => {
    azure.state.behaviour.pollsUntilDone = 3;

    await azure.arm.servers.beginUpdateAndWait("shop", "orders", { tags: { owner: "shop" } }, soon);

    const kinds = azure.emulator.requests
      .filter(({ service }) => service === "arm")
      .map(({ method, path }) => `${method} ${path.includes("azureAsyncOperation") ? "poll" : "server"}`);
    expect(kinds).toEqual(["PATCH server", "GET poll", "GET poll", "GET poll", "GET poll", "GET server"]);
    expect(orders(azure).body.tags).toEqual({ owner: "shop" });
  });

  it("merges what may change and passes over the rest", async () => {
    const before = structuredClone(orders(azure).body);

    await azure.send("PATCH", ordersPath(azure), {
      audience: ARM,
      body: {
        location: "mars",
        sku: { name: "Standard_D8s_v3", tier: "GeneralPurpose" },
        properties: {
          authConfig: { passwordAuth: "Disabled" },
          backup: { backupRetentionDays: 20 },
          createMode: "Update",
          highAvailability: { mode: "ZoneRedundant" },
          network: { publicNetworkAccess: "Disabled" },
          storage: { storageSizeGB: 1024, tier: "P30", autoGrow: "Enabled" },
        },
      },
    });

    const { properties } = before;
    expect(orders(azure).body).toEqual({
      ...before,
      sku: { name: "Standard_D8s_v3", tier: "GeneralPurpose" },
      properties: {
        ...properties,
        authConfig: { ...properties.authConfig, passwordAuth: "Disabled" },
        backup: { ...properties.backup, backupRetentionDays: 20 },
        highAvailability: { mode: "ZoneRedundant", state: "Healthy" },
        network: { publicNetworkAccess: "Disabled" },
        storage: { ...properties.storage, storageSizeGB: 1024, tier: "P30", autoGrow: "Enabled" },
      },
    });
  });

  it("answers 202 with both links, and Retry-After when told", async () => {
    azure.state.behaviour.operationRetryAfterSeconds = 15;
    azure.state.behaviour.pollsUntilDone = 1;

    const { status, headers, body } = await azure.send("PATCH", ordersPath(azure), { audience: ARM, body: {} });
    const results = [];
    for (let count = 0; count < 2; count += 1) {
      results.push(await azure.send("GET", headers["location"] ?? "", { audience: ARM }));
    }

    expect({ status, body, wait: headers["retry-after"] }).toEqual({ status: 202, body: undefined, wait: "15" });
    expect(headers["azure-asyncoperation"]).toContain(`${azure.emulator.url}/subscriptions/${SUBSCRIPTION}/providers/`);
    expect(results.map((result) => result.status)).toEqual([202, 200]);
    expect(results[1]?.body).toEqual(orders(azure).body);
  });

  it("shows the failure of PostgreSQL without its words", async () => {
    azure.postgres.before = () => Promise.reject(new Error("relation secrets does not exist"));

    const error = await rejection(
      azure.arm.servers.beginUpdateAndWait("shop", "orders", { administratorLoginPassword: PASSWORD }, soon),
    );

    expect(String(error["message"])).toContain("InternalServerError");
    expect(String(error["message"])).not.toContain("secrets");
    expect(orders(azure).body.properties.state).toBe("Ready");
  });

  it("succeeds and leaves the password alone while password authentication is off", async () => {
    orders(azure).body.properties.authConfig.passwordAuth = "Disabled";

    await azure.arm.servers.beginUpdateAndWait("shop", "orders", { administratorLoginPassword: PASSWORD }, soon);
    const off = azure.postgres.passwords.size;
    await azure.arm.servers.beginUpdateAndWait(
      "shop",
      "orders",
      { administratorLoginPassword: PASSWORD, authConfig: { passwordAuth: "Enabled" } },
      soon,
    );

    expect(off).toBe(0);
    expect([...azure.postgres.passwords.values()]).toEqual([PASSWORD]);
  });

  it("refuses the password of a replica", async () => {
    orders(azure).body.properties.replicationRole = "AsyncReplica";
    const change = { properties: { administratorLoginPassword: PASSWORD } };

    const answer = await azure.send("PATCH", ordersPath(azure), { audience: ARM, body: change });

    expect(answer).toMatchObject({ status: 400, body: { error: { code: "OperationNotSupportedOnReplica" } } });
    expect(azure.postgres.passwords.size).toBe(0);
  });

  it("can be told to fail after 202, and not to name its operation", async () => {
    azure.state.behaviour.operationFailure = { code: "InternalServerError", message: "told to" };
    const error = await rejection(
      azure.arm.servers.beginUpdateAndWait("shop", "orders", { administratorLoginPassword: PASSWORD }, soon),
    );
    azure.state.behaviour.operationFailure = null;
    azure.state.behaviour.namesOperation = false;
    const unnamed = await azure.send("PATCH", ordersPath(azure), { audience: ARM, body: {} });

    expect(String(error["message"])).toContain("InternalServerError");
    expect(azure.postgres.passwords.size).toBe(0);
    expect(unnamed.status).toBe(202);
    expect(Object.keys(unnamed.headers)).not.toEqual(expect.arrayContaining(["location"]));
    expect(Object.keys(unnamed.headers)).not.toEqual(expect.arrayContaining(["azure-asyncoperation"]));
  });

  it("lets the new password work later than its operation ends, when told", async () => {
    azure.state.behaviour.passwordDelayMs = 300;
    const arrived = Promise.withResolvers<undefined>();
    azure.postgres.before = () => {
      arrived.resolve(undefined);
      return Promise.resolve();
    };

    await azure.arm.servers.beginUpdateAndWait(
      "shop",
      "orders",
      { administratorLoginPassword: PASSWORD },
      { updateIntervalInMs: 1 },
    );
    const atOnce = azure.postgres.passwords.size;
    await arrived.promise;
    await new Promise(setImmediate);

    expect(atOnce).toBe(0);
    expect([...azure.postgres.passwords.values()]).toEqual([PASSWORD]);
  });

  it("is Updating meanwhile and refuses a second change", async () => {
    let finish: (() => void) | undefined;
    azure.postgres.before = () =>
      new Promise((resolve) => {
        finish = resolve;
      });
    const password = { properties: { administratorLoginPassword: PASSWORD } };
    const first = await azure.send("PATCH", ordersPath(azure), { audience: ARM, body: password });

    const state = orders(azure).body.properties.state;
    const rule = { properties: { startIpAddress: "203.0.113.1", endIpAddress: "203.0.113.1" } };
    const second = await azure.send("PUT", ordersPath(azure, "/firewallRules/one"), { audience: ARM, body: rule });
    const third = await azure.send("PATCH", ordersPath(azure), { audience: ARM, body: password });
    finish?.();
    await new Promise(setImmediate);

    expect([first.status, second.status, third.status]).toEqual([202, 409, 409]);
    expect(second.body).toMatchObject({ error: { code: "ServerIsBusy" } });
    expect(state).toBe("Updating");
    expect(orders(azure).body.properties.state).toBe("Ready");
  });

  it.each([
    ["a short password", body({ administratorLoginPassword: "Ab1!" }), 400, "PasswordTooShort"],
    ["a plain password", body({ administratorLoginPassword: "abcdefghij1" }), 400, "PasswordNotComplex"],
    [
      "a password with the login in it",
      body({ administratorLoginPassword: "PgAdmin-2026" }),
      400,
      "PasswordNotComplex",
    ],
    ["another administrator", body({ administratorLogin: "root" }), 400, "InvalidParameterValue"],
    ["too short a retention", body({ backup: { backupRetentionDays: 3 } }), 400, "InvalidParameterValue"],
    ["geo redundancy later", body({ backup: { geoRedundantBackup: "Enabled" } }), 400, "InvalidParameterValue"],
    ["less storage", body({ storage: { storageSizeGB: 32 } }), 400, "InvalidParameterValue"],
    ["an unknown word", body({ authConfig: { passwordAuth: "On" } }), 400, "InvalidRequestContent"],
    ["no JSON", "{", 400, "InvalidRequestContent"],
  ])("refuses %s", async (_, content, status, code) => {
    const before = structuredClone(orders(azure).body);

    const answer = await azure.send("PATCH", ordersPath(azure), {
      audience: ARM,
      headers: { "content-type": "application/json" },
      body: content,
    });

    expect(answer).toMatchObject({ status, body: { error: { code } } });
    expect(orders(azure).body).toEqual(before);
  });

  it("refuses a body that is not JSON by its type", async () => {
    const answer = await azure.send("PATCH", ordersPath(azure), {
      audience: ARM,
      headers: { "content-type": "text/plain" },
      body: "{}",
    });

    expect(answer).toMatchObject({ status: 415, body: { error: { code: "UnsupportedMediaType" } } });
  });

  it("refuses public access on a server in a virtual network", async () => {
    orders(azure).body.properties.network = { delegatedSubnetResourceId: "/subnet", publicNetworkAccess: "Disabled" };

    const answer = await azure.send("PATCH", ordersPath(azure), {
      audience: ARM,
      body: { properties: { network: { publicNetworkAccess: "Enabled" } } },
    });

    expect(answer.status).toBe(400);
  });
});

describe("powerRoutes", () => {
  it("restarts, which makes pending parameters effective", async () => {
    for (const { properties } of orders(azure).configurations) properties.isConfigPendingRestart = true;

    await azure.arm.servers.beginRestartAndWait("shop", "orders", soon);

    expect(azure.postgres.restarts).toEqual([ordersId()]);
    expect(orders(azure).configurations.some(({ properties }) => properties.isConfigPendingRestart)).toBe(false);
    expect(orders(azure).body.properties.state).toBe("Ready");
  });

  it("stops and starts", async () => {
    await azure.arm.servers.beginStopAndWait("shop", "orders", soon);
    const stopped = { ...orders(azure).body.properties, running: azure.postgres.running.get(ordersId()) };
    const restart = await azure.send("POST", ordersPath(azure, "/restart"), { audience: ARM });
    const patch = await azure.send("PATCH", ordersPath(azure), { audience: ARM, body: {} });
    await azure.arm.servers.beginStartAndWait("shop", "orders", soon);

    expect(stopped).toMatchObject({ state: "Stopped", running: false });
    expect([restart.status, patch.status]).toEqual([409, 409]);
    expect(orders(azure).body.properties.state).toBe("Ready");
    expect(azure.postgres.running.get(ordersId())).toBe(true);
  });
});

describe("operationRoutes", () => {
  it("refuses an operation that it does not know", async () => {
    const path = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.DBforPostgreSQL/locations/westeurope`;

    const answers = [
      await azure.send("GET", `${path}/azureAsyncOperation/none?api-version=2025-08-01`, { audience: ARM }),
      await azure.send("GET", `${path}/operationResults/none?api-version=2025-08-01`, { audience: ARM }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  });
});
