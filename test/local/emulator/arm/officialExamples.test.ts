import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { PostgreSQLManagementFlexibleServerClient } from "@azure/arm-postgresql-flexible";
import type { AddressedServer } from "../../../../shared/local/emulator/arm/serverOf.ts";
import type { ServerBody } from "../../../../shared/local/emulator/armBodies.ts";
import type { ServerState } from "../../../../shared/local/emulator/azureState.ts";
import { addPrivateEndpoint, newServerState } from "../../../../shared/local/emulator/newServerState.ts";
import { exampleBody, officialExample, shapeOf } from "../officialExample.ts";
import { ARM, collect, startTestAzure, type TestAzure } from "../testAzure.ts";

const EXAMPLE_SUBSCRIPTION = "ffffffff-ffff-ffff-ffff-ffffffffffff";
const GROUP = "exampleresourcegroup";
const SERVER = "exampleserver";

let azure: TestAzure;
let client: PostgreSQLManagementFlexibleServerClient;

beforeEach(async () => {
  azure = await startTestAzure();
  azure.state.subscriptions.push({
    subscriptionId: EXAMPLE_SUBSCRIPTION,
    displayName: "example",
    managementGroups: [],
  });
  const token = await azure.token(ARM);
  client = new PostgreSQLManagementFlexibleServerClient(
    { getToken: () => Promise.resolve({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) },
    EXAMPLE_SUBSCRIPTION,
    { endpoint: azure.emulator.url, credentialScopes: `${ARM}/.default`, tlsOptions: { ca: azure.ca } },
  );
});

afterEach(() => azure.close());

/** Puts a server into the state whose body is the example's, with nothing below it. */
function install(body: ServerBody): ServerState {
  const { server } = installed(body);
  azure.state.servers.set(body.id.toLowerCase(), server);
  return server;
}

function installed(body: ServerBody): AddressedServer {
  const empty = newServerState({
    subscriptionId: EXAMPLE_SUBSCRIPTION,
    resourceGroup: GROUP,
    name: SERVER,
    version: "17",
    administratorLogin: "exampleadministratorlogin",
  });
  return { id: body.id.toLowerCase(), server: { ...empty, body, threatProtection: [], backups: [] } };
}

/** What a call receives, as text per page. */
function capture(): {
  readonly pages: unknown[];
  readonly options: { onResponse: (raw: { bodyAsText?: string | null }) => void };
} {
  const pages: unknown[] = [];
  return { pages, options: { onResponse: ({ bodyAsText }) => pages.push(JSON.parse(bodyAsText ?? "null")) } };
}

/** Equal, the order of the properties included. */
function expectSame(actual: unknown, expected: unknown): void {
  expect(JSON.stringify(actual, undefined, 1)).toBe(JSON.stringify(expected, undefined, 1));
}

/** Of the first item of an official list. */
function firstShape(name: string): unknown {
  return shapeOf((exampleBody(`postgresql/${name}`) as List<unknown>).value[0]);
}

interface List<T> {
  readonly value: T[];
}

describe("the official examples through the real management client", () => {
  it.each(["ServersGet", "ServersGetWithVnet"])("%s", async (name) => {
    const body = exampleBody(`postgresql/${name}`) as ServerBody;
    install(structuredClone(body));
    const { pages, options } = capture();

    const server = await client.servers.get(GROUP, SERVER, options);

    expectSame(pages[0], body);
    expect(server.fullyQualifiedDomainName).toBe("exampleserver.postgres.database.azure.com");
  });

  it("ServersListBySubscription, its nextLink on the emulator's host", async () => {
    const { value } = exampleBody("postgresql/ServersListBySubscription") as List<ServerBody>;
    for (const body of value) install(structuredClone(body));
    azure.state.behaviour.pageSize = value.length - 1;
    const { pages, options } = capture();

    const servers = await collect(client.servers.listBySubscription(options));

    expect(servers).toHaveLength(value.length);
    expectSame(
      pages.flatMap((page) => (page as List<ServerBody>).value),
      value,
    );
    expect(Object.keys(pages[0] as object)).toEqual(["nextLink", "value"]);
    const { nextLink } = pages[0] as { nextLink: string };
    expect(nextLink).toMatch(`${azure.emulator.url}/subscriptions/${EXAMPLE_SUBSCRIPTION}/providers/`);
    expect(nextLink).toContain("&$skiptoken=");
  });

  it("ServersUpdate: its request is taken, its answer has the same headers", async () => {
    install(structuredClone(exampleBody("postgresql/ServersGet") as ServerBody));
    const example = officialExample("postgresql/ServersUpdate");
    const body = structuredClone(example.parameters["parameters"]) as { properties: Record<string, unknown> };
    // The example's password would not meet the policy that the service states.
    body.properties["administratorLoginPassword"] = "Example-new-passw0rd";
    const id = [...azure.state.servers.keys()].at(-1) ?? "";

    const answer = await azure.send("PATCH", `${id}?api-version=2025-08-01`, { audience: ARM, body });

    expect(answer.status).toBe(202);
    for (const [name, expected] of Object.entries(example.responses["202"]?.headers ?? {})) {
      const actual = new URL(answer.headers[name.toLowerCase()] ?? "").pathname.replace(/[^/]+$/, "");
      expect(actual).toBe(new URL(expected).pathname.replace(/[^/]+$/, ""));
    }
  });

  it("FirewallRulesListByServer", async () => {
    const { value } = exampleBody("postgresql/FirewallRulesListByServer") as List<ServerState["firewallRules"][number]>;
    const server = install(exampleBody("postgresql/ServersGet") as ServerBody);
    server.firewallRules = structuredClone(value);
    const { pages, options } = capture();

    await collect(client.firewallRules.listByServer(GROUP, SERVER, options));

    expectSame(pages, [{ value }]);
  });

  it("ConfigurationsListByServer", async () => {
    const { value } = exampleBody("postgresql/ConfigurationsListByServer.subset") as List<
      ServerState["configurations"][number]
    >;
    const server = install(exampleBody("postgresql/ServersGet") as ServerBody);
    server.configurations = structuredClone(value);
    const { pages, options } = capture();

    const configurations = await collect(client.configurations.listByServer(GROUP, SERVER, options));

    expectSame(pages, [{ value }]);
    expect(configurations).toHaveLength(46);
  });

  it("AdministratorsMicrosoftEntraListByServer", async () => {
    const example = exampleBody("postgresql/AdministratorsMicrosoftEntraListByServer") as List<
      ServerState["administrators"][number]
    >;
    install(exampleBody("postgresql/ServersGet") as ServerBody).administrators = structuredClone(example.value);
    const { pages, options } = capture();

    await collect(client.administratorsMicrosoftEntra.listByServer(GROUP, SERVER, options));

    expectSame(pages, [example]);
  });

  it("AdvancedThreatProtectionSettingsListByServer", async () => {
    const example = exampleBody("postgresql/AdvancedThreatProtectionSettingsListByServer") as List<
      ServerState["threatProtection"][number]
    >;
    install(exampleBody("postgresql/ServersGet") as ServerBody).threatProtection = structuredClone(example.value);
    const { pages, options } = capture();

    await collect(client.advancedThreatProtectionSettings.listByServer(GROUP, SERVER, options));
    const one = await client.advancedThreatProtectionSettings.get(GROUP, SERVER, "Default");

    expectSame(pages, [example]);
    expect(one.state).toBe("Enabled");
  });

  it("PrivateEndpointConnectionsList", async () => {
    const example = exampleBody("postgresql/PrivateEndpointConnectionsList") as List<
      ServerState["privateEndpointConnections"][number]
    >;
    const server = install(exampleBody("postgresql/ServersGet") as ServerBody);
    server.privateEndpointConnections = structuredClone(example.value);
    const { pages, options } = capture();

    const connections = await collect(client.privateEndpointConnections.listByServer(GROUP, SERVER, options));
    const one = await client.privateEndpointConnections.get(GROUP, SERVER, connections[0]?.name ?? "");

    expectSame(pages, [example]);
    expect(one).toEqual(connections[0]);
  });

  it("BackupsAutomaticAndOnDemandListByServer", async () => {
    const example = exampleBody("postgresql/BackupsAutomaticAndOnDemandListByServer") as List<
      ServerState["backups"][number]
    >;
    install(exampleBody("postgresql/ServersGet") as ServerBody).backups = structuredClone(example.value);
    const { pages, options } = capture();

    await collect(client.backupsAutomaticAndOnDemand.listByServer(GROUP, SERVER, options));
    const one = await client.backupsAutomaticAndOnDemand.get(GROUP, SERVER, "backup_638830782181266873");

    expectSame(pages, [example]);
    expect(one.backupType).toBe("Full");
  });

  it("replicas: whole servers, as the client reads them", async () => {
    const server = install(exampleBody("postgresql/ServersGet") as ServerBody);
    server.replicas.push(structuredClone(exampleBody("postgresql/ServersGetWithVnet") as ServerBody));

    const replicas = await collect(client.replicas.listByServer(GROUP, SERVER));

    expect(replicas.map(({ name, state }) => ({ name, state }))).toEqual([{ name: SERVER, state: "Ready" }]);
  });
});

describe("newServerState", () => {
  const built = newServerState({
    subscriptionId: EXAMPLE_SUBSCRIPTION,
    resourceGroup: GROUP,
    name: SERVER,
    version: "17",
    administratorLogin: "exampleadministratorlogin",
    firewallRules: [{ name: "office", first: "203.0.113.0", last: "203.0.113.15" }],
    threatProtection: "Enabled",
  });

  it("has the shape of the official server, order of properties included", () => {
    const { tags, ...body } = built.body;

    expect(tags).toEqual({});
    expect(shapeOf(body)).toEqual(shapeOf(exampleBody("postgresql/ServersGet")));
  });

  it("has the shape of the official server in a virtual network", () => {
    const { body } = newServerState({
      subscriptionId: EXAMPLE_SUBSCRIPTION,
      resourceGroup: GROUP,
      name: SERVER,
      version: "17",
      administratorLogin: "exampleadministratorlogin",
      network: { delegatedSubnetResourceId: "/subnet", privateDnsZoneArmResourceId: "/zone" },
      tags: { VnetServer: "1" },
    });
    const example = structuredClone(exampleBody("postgresql/ServersGetWithVnet") as ServerBody);
    delete example.properties.highAvailability.standbyAvailabilityZone; // this one is not highly available

    expect(shapeOf(body)).toEqual(shapeOf(example));
    expect(body.properties.network.publicNetworkAccess).toBe("Disabled");
  });

  it("has the shapes of the official children", () => {
    const server = structuredClone(built);
    addPrivateEndpoint(server, "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/privateEndpoints/pe");

    expect(shapeOf(server.firewallRules[0])).toEqual(firstShape("FirewallRulesListByServer"));
    expect(shapeOf(server.threatProtection[0])).toEqual(firstShape("AdvancedThreatProtectionSettingsListByServer"));
    expect(shapeOf(server.backups[0])).toEqual(firstShape("BackupsAutomaticAndOnDemandListByServer"));
    expect(shapeOf(server.privateEndpointConnections[0])).toEqual(firstShape("PrivateEndpointConnectionsList"));
    expect(server.body.properties.privateEndpointConnections).toEqual(server.privateEndpointConnections);
  });

  it("declares a read replica", () => {
    const { body } = newServerState({
      subscriptionId: EXAMPLE_SUBSCRIPTION,
      resourceGroup: GROUP,
      name: "replica",
      version: "17",
      administratorLogin: "exampleadministratorlogin",
      sourceServerId: built.body.id,
    });

    expect(body.properties).toMatchObject({
      replica: { capacity: 0, role: "AsyncReplica" },
      replicationRole: "AsyncReplica",
      sourceServerResourceId: built.body.id,
    });
  });
});
