import { describe, expect, it } from "@jest/globals";
import { CollectError } from "../../shared/collect/collectError.ts";
import { discoverServers, type Scope, type ServerList } from "../../shared/inventory/discoverServers.ts";
import { subscriptionId } from "../builders.ts";
import { exampleBody } from "../collect/officialExamples.ts";
import { memoryResourceGraph } from "../fakes/memoryArm.ts";

const forever = new AbortController().signal;
const other = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";

function scope(override: Partial<Scope> = {}): Scope {
  return {
    subscriptions: [subscriptionId],
    managementGroups: [],
    discovery: "resourceGraph",
    exclude: { names: [], tags: {} },
    ...override,
  };
}

function row(name: string, tags: Record<string, string> | null = null, subscription = subscriptionId) {
  return {
    id: `/subscriptions/${subscription}/resourceGroups/Shop/providers/Microsoft.DBforPostgreSQL/flexibleServers/${name}`,
    name,
    subscriptionId: subscription,
    resourceGroup: "shop",
    location: "westeurope",
    tags,
  };
}

type Previous = Parameters<typeof discoverServers>[2];

function discover(rows: readonly unknown[], given: Partial<Scope> = {}, previous?: Previous, truncated = false) {
  const resourceGraph = memoryResourceGraph({ flexibleservers: { rows, truncated } });
  return discoverServers(scope(given), { serverList: memoryServerList({}), resourceGraph }, previous, forever);
}

/** Lists of subscriptions, keyed by subscription id; an error is thrown. */
function memoryServerList(lists: Readonly<Record<string, readonly unknown[] | CollectError>>): ServerList {
  return {
    list(subscription) {
      const answer = lists[subscription];
      if (answer instanceof CollectError) return Promise.reject(answer);
      return Promise.resolve(answer ?? []);
    },
  };
}

describe("discoverServers", () => {
  it("names each server once, by its id in lower case, sorted", async () => {
    const { servers, coverage } = await discover([row("Orders"), row("billing"), row("Orders", { team: "shop" })]);

    expect(servers).toEqual([
      {
        id: `/subscriptions/${subscriptionId}/resourcegroups/shop/providers/microsoft.dbforpostgresql/flexibleservers/billing`,
        name: "billing",
        subscriptionId,
        resourceGroup: "shop",
        location: "westeurope",
        tags: {},
      },
      {
        id: `/subscriptions/${subscriptionId}/resourcegroups/shop/providers/microsoft.dbforpostgresql/flexibleservers/orders`,
        name: "Orders",
        subscriptionId,
        resourceGroup: "shop",
        location: "westeurope",
        tags: { team: "shop" },
      },
    ]);
    expect(coverage).toEqual([]);
  });

  it("lists each named subscription, and says which one it could not", async () => {
    const serverList = memoryServerList({
      [subscriptionId]: [row("orders")],
      [other]: new CollectError("denied", "GET was refused (403)."),
    });
    const given = scope({ discovery: "list", subscriptions: [subscriptionId, other] });

    const { servers, coverage } = await discoverServers(
      given,
      { serverList, resourceGraph: memoryResourceGraph({}) },
      undefined,
      forever,
    );

    expect(servers.map(({ name }) => name)).toEqual(["orders"]);
    expect(coverage).toEqual([
      `Subscription ${other} could not be listed: GET was refused (403). It needs the action Microsoft.DBforPostgreSQL/flexibleServers/read.`,
    ]);
  });

  it("takes the official list", async () => {
    const { value } = exampleBody("ServersListBySubscription") as { value: unknown[] };
    const serverList = memoryServerList({ [subscriptionId]: value });

    const { servers } = await discoverServers(
      scope({ discovery: "list" }),
      { serverList, resourceGraph: memoryResourceGraph({}) },
      undefined,
      forever,
    );

    expect(servers).toHaveLength(4);
    expect(servers[0]).toMatchObject({ resourceGroup: "exampleresourcegroup1", tags: { VnetServer: "1" } });
  });

  it("leaves out what is excluded by name or by tag", async () => {
    const rows = [row("orders"), row("Legacy"), row("lab", { PgWarden: "off" }), row("kept", { pgwarden: "on" })];

    const { servers, coverage } = await discover(rows, { exclude: { names: ["legacy"], tags: { pgwarden: "off" } } });

    expect(servers.map(({ name }) => name)).toEqual(["kept", "orders"]);
    expect(coverage).toEqual([]);
  });

  it("says which servers are gone since the last time", async () => {
    const { coverage } = await discover([row("orders")], {}, { count: 3, names: ["orders", "lost", "billing"] });

    expect(coverage).toEqual(["Discovery no longer returns billing, lost."]);
  });

  it("says so when a tag takes a server out of the scope", async () => {
    const { coverage } = await discover(
      [row("orders"), row("billing", { pgwarden: "off" })],
      { exclude: { names: [], tags: { pgwarden: "off" } } },
      { count: 2, names: ["orders", "billing"] },
    );

    expect(coverage).toEqual(["Server billing was in scope before and is now excluded by the tag pgwarden=off."]);
  });

  it("counts servers of one name", async () => {
    const { coverage } = await discover([row("orders")], {}, { count: 2, names: ["orders", "orders"] });

    expect(coverage).toEqual(["Discovery returned 1 servers in scope; the time before it was 2."]);
  });

  it("never takes nothing, a part, or something strange for everything", async () => {
    expect((await discover([])).coverage).toEqual(["Discovery found no server in scope."]);
    expect((await discover([row("orders")], {}, undefined, true)).coverage).toEqual([
      "Resource Graph gave only a part of the servers in scope.",
    ]);
    expect((await discover([row("orders"), { id: "/odd" }])).coverage).toEqual([
      "Discovery gave 1 servers in a form that is not understood.",
    ]);
  });

  it("says that Resource Graph could not be asked, and rethrows a bug", async () => {
    const refused = memoryResourceGraph({ flexibleservers: new CollectError("denied", "POST was refused (403).") });
    const broken = memoryResourceGraph({ flexibleservers: new TypeError("a bug") });

    const { servers, coverage } = await discoverServers(
      scope(),
      { serverList: memoryServerList({}), resourceGraph: refused },
      undefined,
      forever,
    );

    expect(servers).toEqual([]);
    expect(coverage).toEqual([
      "Resource Graph could not be asked: POST was refused (403).",
      "Discovery found no server in scope.",
    ]);
    await expect(
      discoverServers(scope(), { serverList: memoryServerList({}), resourceGraph: broken }, undefined, forever),
    ).rejects.toThrow("a bug");
  });
});
