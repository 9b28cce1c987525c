import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { newKeyVault } from "../../../../shared/local/emulator/newKeyVault.ts";
import { newSecurityGroup, newSubnet } from "../../../../shared/local/emulator/newNetwork.ts";
import { addDiagnosticSetting, addPrivateEndpoint } from "../../../../shared/local/emulator/newServerState.ts";
import { type Answer, ARM, orders, ordersPath, startTestAzure, SUBSCRIPTION, type TestAzure } from "../testAzure.ts";

let azure: TestAzure;

beforeEach(async () => {
  azure = await startTestAzure();
});

afterEach(() => azure.close());

const network = `/subscriptions/${SUBSCRIPTION}/resourceGroups/Net/providers/Microsoft.Network`;

function get(path: string): Promise<Answer> {
  return azure.send("GET", path, { audience: ARM });
}

describe("serverChildRoutes", () => {
  it.each(["privateEndpointConnections", "advancedThreatProtectionSettings", "backups"])(
    "lists and gets %s",
    async (type) => {
      addPrivateEndpoint(orders(azure), `${network}/privateEndpoints/pe`);

      const list = await get(ordersPath(azure, `/${type}`));
      const { value } = list.body as { value: { name: string }[] };
      const one = await get(ordersPath(azure, `/${type}/${value[0]?.name ?? ""}`));
      const none = await get(ordersPath(azure, `/${type}/nothing`));

      expect(value).toHaveLength(1);
      expect(one).toMatchObject({ status: 200, body: value[0] });
      expect(none).toMatchObject({ status: 404, body: { error: { code: "ResourceNotFound" } } });
    },
  );

  it("has no GET of one replica", async () => {
    const { status } = await get(ordersPath(azure, "/replicas/one"));

    expect(status).toBe(404);
  });
});

describe("diagnosticSettingsRoute", () => {
  it("lists the settings of a server under its own api-version only", async () => {
    addDiagnosticSetting(orders(azure), "to-workspace", "/workspace", ["PostgreSQLLogs"]);
    const below = "/providers/Microsoft.Insights/diagnosticSettings";

    const answer = await get(ordersPath(azure, below, "2021-05-01-preview"));
    const wrong = await get(ordersPath(azure, below));

    expect(answer).toMatchObject({
      status: 200,
      body: {
        value: [
          {
            name: "to-workspace",
            properties: { workspaceId: "/workspace", logs: [{ category: "PostgreSQLLogs", enabled: true }] },
          },
        ],
      },
    });
    expect(wrong).toMatchObject({ status: 400, body: { error: { code: "InvalidApiVersionParameter" } } });
  });
});

describe("networkRoutes", () => {
  it("gives a delegated subnet and its group, default rules included", async () => {
    const groupId = `${network}/networkSecurityGroups/db`;
    const subnetId = `${network}/virtualNetworks/hub/subnets/db`;
    azure.state.network.subnets.push(newSubnet(subnetId, "10.1.0.0/24", groupId));
    azure.state.network.securityGroups.push(
      newSecurityGroup(groupId, [
        { name: "all", direction: "Inbound", access: "Allow", priority: 100, source: "*", destinationPort: "5432" },
      ]),
    );

    const subnet = await get(`${subnetId.toUpperCase()}?api-version=2025-05-01`);
    const group = await get(`${groupId}?api-version=2025-05-01`);

    expect(subnet).toMatchObject({
      status: 200,
      body: {
        properties: {
          addressPrefix: "10.1.0.0/24",
          networkSecurityGroup: { id: groupId },
          delegations: [{ properties: { serviceName: "Microsoft.DBforPostgreSQL/flexibleServers" } }],
        },
      },
    });
    const { properties } = group.body as {
      properties: Record<string, { name: string; properties: { priority: number } }[]>;
    };
    expect(properties["securityRules"]?.map(({ name }) => name)).toEqual(["all"]);
    expect(properties["defaultSecurityRules"]?.map(({ properties: rule }) => rule.priority)).toEqual([
      65000, 65001, 65500, 65000, 65001, 65500,
    ]);
  });

  it("refuses what is not there", async () => {
    const answers = [
      await get(`${network}/virtualNetworks/hub/subnets/none?api-version=2025-05-01`),
      await get(`${network}/networkSecurityGroups/none?api-version=2025-05-01`),
    ];

    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 404, body: { error: { code: "ResourceNotFound" } } });
    }
  });
});

describe("subscriptionRoutes", () => {
  it("lists subscriptions and gets one", async () => {
    const list = await get("/subscriptions?api-version=2022-12-01");
    const one = await get(`/subscriptions/${SUBSCRIPTION}?api-version=2022-12-01`);

    expect(list.body).toEqual({ value: [one.body] });
    expect(one.body).toMatchObject({
      id: `/subscriptions/${SUBSCRIPTION}`,
      subscriptionId: SUBSCRIPTION,
      state: "Enabled",
    });
    expect(list.headers["x-ms-ratelimit-remaining-tenant-reads"]).toBe("249");
  });
});

describe("keyVaultResourceRoutes", () => {
  it("gives a vault and its diagnostic settings, each under its own api-version, and Resource Graph finds it", async () => {
    const vault = newKeyVault(
      { tenantId: "t", subscriptions: [{ subscriptionId: SUBSCRIPTION, displayName: "Shop", managementGroups: [] }] },
      azure.emulator.url,
    );
    azure.state.keyVaults.push(vault);
    const below = `${vault.body.id}/providers/Microsoft.Insights/diagnosticSettings`;

    const one = await get(`${vault.body.id.toUpperCase()}?api-version=2024-11-01`);
    const settings = await get(`${below}?api-version=2021-05-01-preview`);
    const none = await get(`${vault.body.id}x?api-version=2024-11-01`);
    const query = await azure.send("POST", "/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01", {
      audience: ARM,
      body: {
        query: `resources | where type =~ 'microsoft.keyvault/vaults' | where tostring(properties.vaultUri) in~ ('${azure.emulator.url}/', 'https://other/') | project id, uri = tostring(properties.vaultUri)`,
      },
    });

    expect(one).toMatchObject({ status: 200, body: vault.body });
    expect(settings).toMatchObject({ status: 200, body: { value: [] } });
    expect(none).toMatchObject({ status: 404, body: { error: { code: "ResourceNotFound" } } });
    expect(query).toMatchObject({
      status: 200,
      body: { data: [{ id: vault.body.id, uri: `${azure.emulator.url}/` }] },
    });
  });
});
