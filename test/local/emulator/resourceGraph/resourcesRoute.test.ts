import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { newPrivateDnsZoneLink } from "../../../../shared/local/emulator/newNetwork.ts";
import { newServerState } from "../../../../shared/local/emulator/newServerState.ts";
import { exampleBody } from "../officialExample.ts";
import { type Answer, ARM, orders, startTestAzure, SUBSCRIPTION, type TestAzure, VAULT } from "../testAzure.ts";

const PATH = "/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01";
const SERVERS =
  "resources | where type =~ 'microsoft.dbforpostgresql/flexibleservers' | project id, name, subscriptionId, resourceGroup, location, tags";
const OTHER = "22222222-2222-3333-4444-555555555555";

let azure: TestAzure;

beforeEach(async () => {
  azure = await startTestAzure();
});

afterEach(() => azure.close());

function query(body: object): Promise<Answer> {
  return azure.send("POST", PATH, { audience: ARM, body });
}

interface Result {
  readonly $skipToken?: string;
  readonly data: Record<string, unknown>[];
}

async function names(scope: object): Promise<unknown[]> {
  const { body } = await query({ query: SERVERS, ...scope });
  return (body as Result).data.map(({ name }) => name);
}

function addServer(name: string, subscriptionId: string): void {
  const server = newServerState({
    subscriptionId,
    resourceGroup: "Shop",
    name,
    version: "16",
    administratorLogin: "pgadmin",
    tags: { team: "a" },
  });
  azure.state.servers.set(server.body.id.toLowerCase(), server);
}

describe("resourcesRoute", () => {
  it("answers the query of servers, in the order of the official answer", async () => {
    delete orders(azure).body.tags;

    const { status, body, headers } = await query({ query: SERVERS, subscriptions: [SUBSCRIPTION] });

    expect(status).toBe(200);
    expect(headers).toMatchObject({ "x-ms-user-quota-remaining": "14", "x-ms-user-quota-resets-after": "00:00:05" });
    const { id } = orders(azure).body;
    const row = { id, name: "orders", subscriptionId: SUBSCRIPTION, resourceGroup: "shop", location: "westeurope" };
    expect(JSON.stringify(body)).toBe(
      JSON.stringify({
        count: 1,
        data: [{ ...row, tags: null }],
        facets: [],
        resultTruncated: "false",
        totalRecords: 1,
      }),
    );
    const official = Object.keys(exampleBody("resourcegraph/ResourcesNextPageQuery") as object);
    expect(Object.keys(body as object)).toEqual(official.filter((name) => name !== "$skipToken"));
  });

  it("does not count white space", async () => {
    const spaced = SERVERS.replaceAll(" | ", "\n|  ").replaceAll(", ", " ,\t");

    const { body } = await query({ query: spaced, subscriptions: [SUBSCRIPTION] });

    expect((body as Result).data).toHaveLength(1);
  });

  it("gives pages by $top and $skipToken, in the order of the ids", async () => {
    for (const name of ["zebra", "apple", "melon"]) addServer(name, SUBSCRIPTION);
    const found: unknown[] = [];
    let $skipToken: string | undefined;
    let pages = 0;

    do {
      const options = { $top: 3, ...($skipToken === undefined ? {} : { $skipToken }) };
      const { body } = await query({ query: SERVERS, subscriptions: [SUBSCRIPTION], options });
      const result = body as Result;
      found.push(...result.data.map(({ name }) => name));
      $skipToken = result.$skipToken;
      pages += 1;
    } while ($skipToken !== undefined);

    expect(pages).toBe(2);
    expect(found).toEqual(["apple", "melon", "orders", "zebra"]);
  });

  it("keeps to the scope asked for", async () => {
    azure.state.subscriptions.push({ subscriptionId: OTHER, displayName: "other", managementGroups: ["lab"] });
    addServer("stock", OTHER);

    expect(await names({ subscriptions: [OTHER.toUpperCase()] })).toEqual(["stock"]);
    expect(await names({ managementGroups: ["CORP"] })).toEqual(["orders"]);
    expect(await names({ subscriptions: [OTHER, SUBSCRIPTION] })).toEqual(["orders", "stock"]);
    expect(await names({})).toEqual(["orders", "stock"]);
  });

  it("says that its result is truncated when told", async () => {
    azure.state.behaviour.resultTruncated = true;

    const { body } = await query({ query: SERVERS });

    expect(body).toMatchObject({ resultTruncated: "true" });
  });

  it("answers the query of a private DNS zone's links", async () => {
    const provider = `/subscriptions/${SUBSCRIPTION}/resourceGroups/Net/providers/Microsoft.Network`;
    const zone = `${provider}/privateDnsZones/shop.private.postgres.database.azure.com`;
    azure.state.network.privateDnsZoneLinks.push(
      newPrivateDnsZoneLink(zone, "hub", `${provider}/virtualNetworks/Hub`),
      newPrivateDnsZoneLink(`${zone}.other`, "hub", `${provider}/virtualNetworks/Other`),
    );
    const text = `resources | where type =~ 'microsoft.network/privatednszones/virtualnetworklinks'
      | where id startswith '${zone.toLowerCase()}/'
      | project id, networkId = tolower(tostring(properties.virtualNetwork.id)), state = tostring(properties.virtualNetworkLinkState)`;

    const { body } = await query({ query: text, subscriptions: [SUBSCRIPTION] });

    expect((body as Result).data).toEqual([
      {
        id: `${zone}/virtualNetworkLinks/hub`,
        networkId: `${provider}/virtualNetworks/Hub`.toLowerCase(),
        state: "Completed",
      },
    ]);
  });

  it.each([
    ["another query", { query: "resources | take 1" }, "InvalidQuery"],
    ["no query", {}, undefined],
    ["an unknown subscription", { query: SERVERS, subscriptions: [OTHER] }, "NoValidSubscriptionsInQueryRequest"],
    ["an unknown group", { query: SERVERS, managementGroups: ["none"] }, "NoValidSubscriptionsInQueryRequest"],
    ["two scopes", { query: SERVERS, subscriptions: [SUBSCRIPTION], managementGroups: ["corp"] }, "InvalidArgument"],
    ["too large a $top", { query: SERVERS, options: { $top: 1001 } }, "InvalidArgument"],
    ["a $top of 0", { query: SERVERS, options: { $top: 0 } }, "InvalidArgument"],
    ["a bad $skipToken", { query: SERVERS, options: { $skipToken: "?" } }, "InvalidSkipToken"],
    ["a table as result", { query: SERVERS, options: { resultFormat: "table" } }, undefined],
  ])("refuses %s", async (_, body, code) => {
    const answer = await query(body);

    expect(answer.status).toBe(400);
    const error = code === undefined ? { code: "InvalidRequestContent" } : { code: "BadRequest", details: [{ code }] };
    expect(answer.body).toMatchObject({ error });
  });

  it("refuses a wrong audience, a wrong api-version and another method", async () => {
    const wrong = [
      await azure.send("POST", PATH, { audience: VAULT, body: { query: SERVERS } }),
      await azure.send("POST", PATH.replace("2024", "2019"), { audience: ARM, body: { query: SERVERS } }),
      await azure.send("GET", PATH, { audience: ARM }),
    ];

    expect(wrong.map(({ status }) => status)).toEqual([401, 400, 405]);
  });

  it("throttles after 15 queries when limits are enforced", async () => {
    azure.state.behaviour.enforceRateLimits = true;
    for (let count = 0; count < 15; count += 1) await query({ query: SERVERS });

    const refused = await query({ query: SERVERS });
    azure.clock.now = new Date(azure.clock.now.getTime() + 5000);
    const later = await query({ query: SERVERS });

    expect(refused).toMatchObject({ status: 429, body: { error: { code: "RateLimiting" } } });
    expect(refused.headers).toMatchObject({
      "x-ms-user-quota-remaining": "0",
      "x-ms-user-quota-resets-after": "00:00:05",
    });
    expect(later.status).toBe(200);
  });
});
