import { describe, expect, it } from "@jest/globals";
import * as v from "valibot";
import { backups } from "../../shared/collect/backups.ts";
import { diagnosticSettings } from "../../shared/collect/diagnosticSettings.ts";
import { entraAdministrators } from "../../shared/collect/entraAdministrators.ts";
import { firewallRules } from "../../shared/collect/firewallRules.ts";
import { parameters } from "../../shared/collect/parameters.ts";
import { privateEndpointConnections } from "../../shared/collect/privateEndpointConnections.ts";
import { replicas } from "../../shared/collect/replicas.ts";
import { parseServer } from "../../shared/collect/server.ts";
import { threatProtection } from "../../shared/collect/threatProtection.ts";
import { serverFacts } from "../builders.ts";
import { exampleBody, exampleValues } from "./officialExamples.ts";

const subscription =
  "/subscriptions/ffffffff-ffff-ffff-ffff-ffffffffffff/resourcegroups/exampleresourcegroup/providers";
const vnetFacts = serverFacts({ delegatedSubnetId: `${subscription}/microsoft.network/virtualnetworks/v/subnets/s` });

describe("parseServer", () => {
  it("takes the official example, and null for what it lacks", () => {
    expect(parseServer(exampleBody("ServersGet"))).toEqual({
      id: `${subscription}/microsoft.dbforpostgresql/flexibleservers/exampleserver`,
      name: "exampleserver",
      location: "eastus",
      version: "17",
      minorVersion: "5",
      state: "Ready",
      fqdn: "exampleserver.postgres.database.azure.com",
      administratorLogin: "exampleadministratorlogin",
      skuName: "Standard_D4ds_v5",
      skuTier: "GeneralPurpose",
      entraAuthentication: "Disabled",
      passwordAuthentication: "Enabled",
      tenantId: null,
      publicNetworkAccess: "Enabled",
      delegatedSubnetId: null,
      privateDnsZoneId: null,
      encryptionType: "SystemManaged",
      encryptionKeyUri: null,
      encryptionKeyStatus: null,
      backupRetentionDays: 7,
      geoRedundantBackup: "Enabled",
      highAvailabilityMode: "Disabled",
      replicationRole: "Primary",
      sourceServerId: null,
      tags: {},
    });
  });

  it("takes the network of a VNet-integrated server", () => {
    expect(parseServer(exampleBody("ServersGetWithVnet"))).toMatchObject({
      delegatedSubnetId: `${subscription}/microsoft.network/virtualnetworks/examplevirtualnetwork/subnets/examplesubnet`,
      privateDnsZoneId: `${subscription}/microsoft.network/privatednszones/exampleserver.private.postgres.database.azure.com`,
      publicNetworkAccess: "Disabled",
      tags: { VnetServer: "1" },
    });
  });

  it("defaults nothing, although the SDK's model would", () => {
    const bare = { id: "/x", name: "x", location: "y", properties: { version: "17", state: "Ready" } };

    expect(parseServer(bare)).toMatchObject({
      backupRetentionDays: null,
      tenantId: null,
      entraAuthentication: null,
      passwordAuthentication: null,
      publicNetworkAccess: null,
      highAvailabilityMode: null,
    });
  });

  it("takes every server of the official list", () => {
    expect(exampleValues("ServersListBySubscription").map((value) => parseServer(value).name)).toEqual([
      "exampleserver1",
      "exampleserver2",
      "exampleserver3",
      "exampleserver4",
    ]);
  });

  it("refuses a word that nobody knows", () => {
    const odd = {
      ...exampleBody("ServersGet"),
      properties: { version: "17", state: "Ready", network: { publicNetworkAccess: "Maybe" } },
    };

    expect(() => parseServer(odd)).toThrow(v.ValiError);
  });
});

describe("lists of ARM", () => {
  it("takes the official firewall rules", () => {
    expect(exampleValues("FirewallRulesListByServer").map(firewallRules.parse)).toEqual([
      { name: "examplefirewallrule1", first: "0.0.0.0", last: "255.255.255.255" },
      { name: "examplefirewallrule2", first: "1.0.0.0", last: "255.0.0.0" },
    ]);
  });

  it.each(["office 'A' \"B\"", "日本の事務所", "x".repeat(80)])("keeps the name of a firewall rule: %s", (name) => {
    const properties = { startIpAddress: "10.0.0.1", endIpAddress: "10.0.0.1" };

    expect(firewallRules.parse({ name, properties }).name).toBe(name);
  });

  it("refuses a firewall rule without an end or with something that is no address", () => {
    expect(() => firewallRules.parse({ name: "a", properties: { startIpAddress: "1.2.3.4" } })).toThrow(v.ValiError);
    expect(() =>
      firewallRules.parse({ name: "a", properties: { startIpAddress: "1.2.3.4", endIpAddress: "1.2.3.400" } }),
    ).toThrow(v.ValiError);
  });

  it("takes the official configurations, all values as text", () => {
    const parsed = exampleValues("ConfigurationsListByServer.subset").map(parameters.parse);

    expect(parsed).toHaveLength(46);
    expect(parsed.find(({ name }) => name === "require_secure_transport")).toEqual({
      name: "require_secure_transport",
      value: "on",
      defaultValue: "on",
      dataType: "Boolean",
      allowedValues: "on,off",
      source: "system-default",
      dynamic: true,
      readOnly: false,
      pendingRestart: false,
      unit: null,
    });
  });

  it("takes the official administrators, which have no name", () => {
    expect(exampleValues("AdministratorsMicrosoftEntraListByServer").map(entraAdministrators.parse)).toEqual([
      {
        objectId: "oooooooo-oooo-oooo-oooo-oooooooooooo",
        principalName: "exampleuser@contoso.com",
        principalType: "User",
        tenantId: "tttttttt-tttt-tttt-tttt-tttttttttttt",
      },
      {
        objectId: "gggggggg-gggg-gggg-gggg-gggggggggggg",
        principalName: "examplegroup@contoso.com",
        principalType: "Group",
        tenantId: "tttttttt-tttt-tttt-tttt-tttttttttttt",
      },
    ]);
  });

  it("takes the official private endpoint connections, and one whose other side is hidden", () => {
    expect(exampleValues("PrivateEndpointConnectionsList").map(privateEndpointConnections.parse)[0]).toEqual({
      name: "private-endpoint-connection-name.1fa229cd-bf3f-47f0-8c49-afb36723997e",
      privateEndpointId: `${subscription}/microsoft.network/privateendpoints/private-endpoint-name`,
      status: "Approved",
      groupIds: ["postgresqlServer"],
    });
    expect(
      privateEndpointConnections.parse({
        name: "hidden",
        properties: { privateLinkServiceConnectionState: { status: "Pending" } },
      }),
    ).toEqual({ name: "hidden", privateEndpointId: null, status: "Pending", groupIds: [] });
  });

  it("takes the official threat protection and backups", () => {
    expect(exampleValues("AdvancedThreatProtectionSettingsListByServer").map(threatProtection.parse)).toEqual([
      { name: "Default", state: "Enabled" },
    ]);
    expect(exampleValues("BackupsAutomaticAndOnDemandListByServer").map(backups.parse)[1]).toEqual({
      name: "ondemandbackup-20250601T183022",
      type: "Customer On-Demand",
      source: "Customer Initiated",
      completedAt: "2025-06-01T18:30:22.123456+00:00",
    });
  });

  it("takes diagnostic settings by category and by group", () => {
    const properties = {
      workspaceId: "/subscriptions/S/resourceGroups/G/providers/Microsoft.OperationalInsights/workspaces/W",
      storageAccountId: null,
      logs: [
        {
          category: "PostgreSQLLogs",
          categoryGroup: null,
          enabled: true,
          retentionPolicy: { days: 0, enabled: false },
        },
        { category: null, categoryGroup: "allLogs", enabled: false },
      ],
    };

    expect(diagnosticSettings.parse({ name: "to-workspace", properties })).toEqual({
      name: "to-workspace",
      workspaceId: "/subscriptions/s/resourcegroups/g/providers/microsoft.operationalinsights/workspaces/w",
      storageAccountId: null,
      eventHubName: null,
      categories: [
        { category: "PostgreSQLLogs", enabled: true },
        { category: "group:allLogs", enabled: false },
      ],
    });
  });

  it("takes replicas, which are servers", () => {
    const replica = { ...exampleBody("ServersGet"), name: "copy", properties: { replicationRole: "AsyncReplica" } };

    expect(replicas.parse(replica)).toEqual({
      id: `${subscription}/microsoft.dbforpostgresql/flexibleservers/exampleserver`,
      name: "copy",
      location: "eastus",
      role: "AsyncReplica",
    });
  });

  it("knows which lists a server cannot have", () => {
    expect(firewallRules.absentOn?.(vnetFacts)).toMatch(/Server orders is integrated into a virtual network/);
    expect(privateEndpointConnections.absentOn?.(vnetFacts)).toMatch(/integrated into a virtual network/);
    expect(firewallRules.absentOn?.(serverFacts())).toBeUndefined();
    expect(entraAdministrators.absentOn?.(serverFacts({ entraAuthentication: "Disabled" }))).toMatch(/Entra .* is off/);
    expect(entraAdministrators.absentOn?.(serverFacts({ entraAuthentication: null }))).toBeUndefined();
    expect(replicas.absentOn?.(serverFacts({ replicationRole: "GeoAsyncReplica" }))).toMatch(/itself a read replica/);
  });
});
