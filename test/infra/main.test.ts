import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { evaluatedSubscription } from "../../infra/bicepCompiler.ts";
import { builtInRoles, roleDefinitions } from "../../infra/roleDefinitions.ts";
import { tableNames } from "../../shared/publish/tables.ts";
import { describeBicep, repository } from "../describeBicep.ts";
import { evaluate, type Evaluated } from "./evaluated.ts";

const limitMs = 120_000;
const location = "param location = 'westeurope'\n";
const identities =
  "/subscriptions/33333333-1111-1111-1111-111111111111/resourceGroups/ids/providers/Microsoft.ManagedIdentity/userAssignedIdentities";
const workspaceId =
  "/subscriptions/33333333-1111-1111-1111-111111111111/resourceGroups/obs/providers/Microsoft.OperationalInsights/workspaces/central";
const vaultId =
  "/subscriptions/44444444-1111-1111-1111-111111111111/resourceGroups/sec/providers/Microsoft.KeyVault/vaults/corp";
const subnets =
  "/subscriptions/33333333-1111-1111-1111-111111111111/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/hub/subnets";

/** Queues that triggers listen to, from the sources. */
function queuesOfTriggers(): readonly string[] {
  const sources = globSync("functions/*.ts", { cwd: repository }).map((path) =>
    readFileSync(join(repository, path), "utf8"),
  );
  return [...sources.join("\n").matchAll(/queueName: "(?<name>[a-z-]+)"/g)].map(({ groups }) => groups?.["name"] ?? "");
}

function lastOf(name: string): string {
  return name.split("/").at(-1) ?? "";
}

describeBicep("a deployment with every default", (compiler) => {
  let deployment: Evaluated;
  beforeAll(async () => {
    deployment = await evaluate(compiler, location);
  }, limitMs);

  it("needs no more than a region", () => {
    expect(deployment.faults).toEqual([]);
  });

  it("makes storage that only identities open", () => {
    expect(deployment.one("Microsoft.Storage/storageAccounts").properties).toMatchObject({
      allowSharedKeyAccess: false,
      allowBlobPublicAccess: false,
      minimumTlsVersion: "TLS1_2",
      supportsHttpsTrafficOnly: true,
    });
  });

  it("lets the audit log grow and nothing of it be changed, and ages history only", () => {
    const immutable = deployment.one("Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies");
    const [rule] = (
      deployment.one("Microsoft.Storage/storageAccounts/managementPolicies").properties["policy"] as {
        rules: { definition: { filters: unknown } }[];
      }
    ).rules;

    expect(immutable.name).toMatch(/\/audit\/default$/);
    expect(immutable.properties).toEqual({
      allowProtectedAppendWrites: true,
      immutabilityPeriodSinceCreationInDays: 365,
    });
    expect(rule?.definition.filters).toEqual({
      blobTypes: ["blockBlob"],
      prefixMatch: ["state/snapshots/", "state/runs/", "state/reports/"],
    });
  });

  it("makes a queue for every trigger, and one for its poison messages", () => {
    const queues = deployment
      .of("Microsoft.Storage/storageAccounts/queueServices/queues")
      .map(({ name }) => lastOf(name));
    const needed = queuesOfTriggers().flatMap((name) => [name, `${name}-poison`]);

    expect(needed).toContain("server-changed");
    expect(needed.filter((name) => !queues.includes(name))).toEqual([]);
    expect(queues).toEqual(expect.arrayContaining(["rotate-credential", "rotate-credential-poison"]));
  });

  it("makes a vault that roles open and nobody can purge", () => {
    expect(deployment.one("Microsoft.KeyVault/vaults").properties).toMatchObject({
      enableRbacAuthorization: true,
      enablePurgeProtection: true,
      softDeleteRetentionInDays: 90,
    });
  });

  it("makes every table, then the rule with one flow into each, and tells what the rule refuses", () => {
    const tables = deployment.of("Microsoft.OperationalInsights/workspaces/tables").map(({ name }) => lastOf(name));
    const { properties, kind } = deployment.one("Microsoft.Insights/dataCollectionRules");
    const flows = properties["dataFlows"] as { streams: string[]; outputStream: string }[];
    const template = JSON.parse(readFileSync(join(repository, "infra/azuredeploy.json"), "utf8")) as {
      resources: Record<string, { dependsOn: string[] }>;
    };

    expect(tables).toEqual(tableNames);
    expect(kind).toBe("Direct");
    expect(flows.map(({ streams, outputStream }) => [...streams, outputStream])).toEqual(
      tableNames.map((name) => [`Custom-${name}`, `Custom-${name}`]),
    );
    expect(template.resources["dataCollection"]?.dependsOn).toContain("tables");
    const settings = deployment.of("Microsoft.Insights/diagnosticSettings");
    expect(settings.flatMap(({ properties: { logs } }) => logs)).toContainEqual({
      category: "LogErrors",
      enabled: true,
    });
  });

  it("runs the app as named identities only, on Node 22, from one container", () => {
    const { identity, properties } = deployment.one("Microsoft.Web/sites");

    expect(identity).toMatchObject({ type: "UserAssigned" });
    const names = Object.keys((identity as { userAssignedIdentities: object }).userAssignedIdentities).map(lastOf);
    expect(names).toEqual(["pgwarden-scanner", "pgwarden-rotator", "pgwarden-deployer"]);
    expect(properties).toMatchObject({
      httpsOnly: true,
      functionAppConfig: {
        runtime: { name: "node", version: "22" },
        deployment: {
          storage: {
            type: "blobContainer",
            authentication: {
              type: "UserAssignedIdentity",
              userAssignedIdentityResourceId: expect.stringContaining("/pgwarden-deployer") as unknown,
            },
          },
        },
        siteUpdateStrategy: { type: "Recreate" },
      },
    });
    const policies = deployment.of("Microsoft.Web/sites/basicPublishingCredentialsPolicies");
    expect(policies.map(({ properties: { allow } }) => allow)).toEqual([false, false]);
  });

  it("hears of writes to servers from a topic without a region, delivered as an identity that may write one queue", () => {
    const [topic] = deployment.of("Microsoft.EventGrid/systemTopics");
    const [subscription] = deployment.of("Microsoft.EventGrid/systemTopics/eventSubscriptions");

    expect(topic).toMatchObject({
      location: "global",
      identity: { type: "UserAssigned" },
      properties: { source: `/subscriptions/${evaluatedSubscription}`, topicType: "Microsoft.Resources.Subscriptions" },
    });
    expect(subscription?.properties).toMatchObject({
      deliveryWithResourceIdentity: {
        identity: { type: "UserAssigned" },
        destination: { endpointType: "StorageQueue", properties: { queueName: "server-changed" } },
      },
      filter: {
        advancedFilters: [
          {
            operatorType: "StringBeginsWith",
            key: "data.operationName",
            values: ["Microsoft.DBforPostgreSQL/flexibleServers"],
          },
        ],
      },
    });
  });

  it("gives the roles that are written down, and none that updates a server", () => {
    const custom = deployment
      .of("Microsoft.Authorization/roleDefinitions")
      .map(({ properties }) => properties["permissions"]);
    const given = deployment
      .of("Microsoft.Authorization/roleAssignments")
      .map(({ properties }) => lastOf(String(properties["roleDefinitionId"])));

    expect(custom).toHaveLength(4);
    expect(custom).toEqual(
      expect.arrayContaining([
        [{ actions: roleDefinitions.containerLister.actions }],
        [{ actions: [], dataActions: roleDefinitions.auditAppender.dataActions }],
        [{ actions: [], dataActions: roleDefinitions.secretWriter.dataActions }],
        [{ actions: roleDefinitions.scanner.actions }],
      ]),
    );
    const definitions = deployment.of("Microsoft.Authorization/roleDefinitions").map(({ name }) => name);
    expect([...new Set(given)].sort()).toEqual([...Object.values(builtInRoles), ...definitions].sort());
  });

  it("gives the app each container and queue by itself, of the account only lists and the host's own faults", () => {
    const names = new Map<string, string>(Object.entries(builtInRoles).map(([name, id]) => [id, name]));
    for (const { name, properties } of deployment.of("Microsoft.Authorization/roleDefinitions"))
      names.set(name, String(properties["roleName"]).replace(/ \(.*/, ""));
    const given = deployment
      .of("Microsoft.Authorization/roleAssignments")
      .flatMap(({ id, properties }) => {
        const place = /^\[extensionResourceId\('[^']*\/storageAccounts\/[^/']+(?<path>[^']*)'/.exec(id)?.groups?.[
          "path"
        ];
        if (place === undefined) return [];
        const role = names.get(lastOf(String(properties["roleDefinitionId"]))) ?? "unknown";
        const who = /pgwarden-(?:scanner|deployer|events)/.exec(String(properties["principalId"]))?.[0] ?? "unknown";
        return [`${who}: ${role} on ${place === "" ? "the account" : lastOf(place)}`];
      })
      .sort();

    const queues = ["rotate-credential", "scan-server", "server-changed"].flatMap((name) => [name, `${name}-poison`]);
    expect(given).toEqual(
      [
        "pgwarden-deployer: Storage Blob Data Contributor on deployment",
        "pgwarden-events: Storage Queue Data Message Sender on server-changed",
        "pgwarden-scanner: Storage Blob Data Contributor on state",
        "pgwarden-scanner: Storage Blob Data Owner on azure-webjobs-hosts",
        "pgwarden-scanner: Storage Blob Data Owner on azure-webjobs-secrets",
        "pgwarden-scanner: Storage Table Data Contributor on the account",
        "pgwarden-scanner: pgwarden audit appender on audit",
        "pgwarden-scanner: pgwarden container lister on the account",
        ...queues.map((name) => `pgwarden-scanner: Storage Queue Data Contributor on ${name}`),
      ].sort(),
    );
    const containers = deployment.of("Microsoft.Storage/storageAccounts/blobServices/containers");
    expect(containers.map(({ name }) => lastOf(name)).sort()).toEqual([
      "audit",
      "azure-webjobs-hosts",
      "azure-webjobs-secrets",
      "deployment",
      "state",
    ]);
  });
});

describeBicep("a deployment into an existing landscape", (compiler) => {
  let elsewhere: Evaluated;
  beforeAll(async () => {
    elsewhere = await evaluate(
      compiler,
      `${location}param existingWorkspaceId = '${workspaceId}'\nparam existingKeyVaultId = '${vaultId}'\n`,
    );
  }, limitMs);

  it("declares tables in a workspace elsewhere and the rule in that workspace's region", () => {
    expect(elsewhere.faults).toEqual([]);
    expect(elsewhere.of("Microsoft.OperationalInsights/workspaces")).toEqual([]);
    for (const { id } of elsewhere.of("Microsoft.OperationalInsights/workspaces/tables")) {
      expect(id.startsWith(`${workspaceId}/tables/`)).toBe(true);
    }
    expect(elsewhere.one("Microsoft.Insights/dataCollectionRules").location).toBe(
      `[reference('${workspaceId}', '2025-07-01', 'full').location]`,
    );
  });

  it(
    "lets the scanner query the workspace where it stands, or not at all",
    async () => {
      const ids = elsewhere.of("Microsoft.Authorization/roleAssignments").map(({ id }) => id);
      const without = await evaluate(compiler, `${location}param readServerLogs = false\n`);
      const given = without.of("Microsoft.Authorization/roleAssignments").map(({ properties }) => properties);

      expect(ids.filter((id) => id.includes(workspaceId))).toHaveLength(1);
      expect(without.faults).toEqual([]);
      expect(given.map((properties) => lastOf(String(properties["roleDefinitionId"])))).not.toContain(
        builtInRoles["Log Analytics Data Reader"],
      );
    },
    limitMs,
  );

  it("gives its role on a vault of another resource group and subscription, and watches it there", () => {
    expect(elsewhere.of("Microsoft.KeyVault/vaults")).toEqual([]);
    const scopes = elsewhere.of("Microsoft.Authorization/roleAssignments").map(({ id }) => id);
    expect(scopes.filter((id) => id.includes(vaultId))).toHaveLength(1);
    const topics = elsewhere.of("Microsoft.EventGrid/systemTopics");
    const ofVault = topics.find(({ properties: { source } }) => source === vaultId);
    expect(ofVault?.id).toContain("/resourceGroups/sec/");
  });

  it(
    "reaches storage and vault over private endpoints only, and leaves out events, which could not be delivered",
    async () => {
      const deployment = await evaluate(
        compiler,
        `${location}param networking = 'existing'
param network = { integrationSubnetId: '${subnets}/app', privateEndpointSubnetId: '${subnets}/endpoints' }
`,
      );

      expect(deployment.faults).toEqual([]);
      const closed = { publicNetworkAccess: "Disabled", networkAcls: { defaultAction: "Deny" } };
      expect(deployment.one("Microsoft.Storage/storageAccounts").properties).toMatchObject(closed);
      expect(deployment.one("Microsoft.KeyVault/vaults").properties).toMatchObject(closed);
      expect(deployment.of("Microsoft.Network/privateEndpoints")).toHaveLength(4);
      expect(deployment.of("Microsoft.EventGrid/systemTopics")).toEqual([]);
      expect(deployment.one("Microsoft.Web/sites").properties["virtualNetworkSubnetId"]).toBe(`${subnets}/app`);
    },
    limitMs,
  );

  it(
    "gives no role where whoever deploys may not, and uses the identities that hold them",
    async () => {
      const deployment = await evaluate(
        compiler,
        `${location}param assignRoles = false
param existingIdentities = { scanner: '${identities}/s', rotator: '${identities}/r', deployer: '${identities}/d', events: '${identities}/e' }
`,
      );

      expect(deployment.faults).toEqual([]);
      expect(deployment.of("Microsoft.Authorization/roleAssignments")).toEqual([]);
      expect(deployment.of("Microsoft.Authorization/roleDefinitions")).toEqual([]);
      expect(deployment.of("Microsoft.ManagedIdentity/userAssignedIdentities")).toEqual([]);
    },
    limitMs,
  );

  it(
    "has an identity that updates servers only when asked for, locks what holds evidence, and leaves a locked log alone",
    async () => {
      const deployment = await evaluate(
        compiler,
        `${location}param auditLogIsLocked = true\nparam withAdminRotator = true\nparam lockResources = true\nparam networking = 'new'\nparam usePrivateLink = true\n`,
      );

      expect(deployment.faults).toEqual([]);
      const roles = deployment
        .of("Microsoft.Authorization/roleDefinitions")
        .map(({ properties }) => properties["permissions"]);
      expect(roles).toContainEqual([{ actions: roleDefinitions.adminRotator.actions }]);
      expect(deployment.of("Microsoft.Authorization/locks")).toHaveLength(2);
      const policies = "Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies";
      expect(deployment.of(policies)).toEqual([]);
      const zones = deployment.of("Microsoft.Network/privateDnsZones").map(({ name }) => name);
      expect(zones.map((name) => /privatelink(?:\.\w+)?/.exec(name)?.[0])).toEqual([
        "privatelink.blob",
        "privatelink.queue",
        "privatelink.table",
        "privatelink", // the vault's, whose suffix holds the rest
      ]);
      expect(deployment.one("Microsoft.Insights/dataCollectionRules").properties["dataCollectionEndpointId"]).toBe(
        deployment.one("Microsoft.Insights/dataCollectionEndpoints").id,
      );
    },
    limitMs,
  );
});

describeBicep("bad input", (compiler) => {
  it.each([
    ["private networking without subnets", "param networking = 'existing'", "network names no subnets"],
    [
      "subnets without private networking",
      `param network = { integrationSubnetId: 'a', privateEndpointSubnetId: 'b' }`,
      "networking is not existing",
    ],
    ["no roles and no identities", "param assignRoles = false", "name the existing identities"],
    ["one container for two", "param stateContainer = 'audit'", "are the same"],
    ["a name that no account could have", "param name = 'pg_warden'", "name holds something other"],
    ["a workspace by its name", "param existingWorkspaceId = 'central'", "existingWorkspaceId is no resource id"],
    ["a workspace as a vault", `param existingKeyVaultId = '${workspaceId}'`, "existingKeyVaultId is no resource id"],
  ])(
    "is refused before anything is made: %s",
    async (_name, parameter, said) => {
      const { faults } = await evaluate(compiler, `${location}${parameter}\n`);

      expect(faults.join("\n")).toContain(said);
    },
    limitMs,
  );

  it(
    "is refused by the types of the parameters: ranges, lengths, words, ids",
    async () => {
      const { faults } = await evaluate(
        compiler,
        `${location}param nodeVersion = '20'
param maximumInstanceCount = 10
param auditImmutabilityDays = 0
param name = 'a-very-long-name'
param scannedSubscriptions = ['production']
param retentionInDays = 1000
param vault = 'x'
`,
      );

      const rules = faults.map((fault) => /\((?<line>\d+),\d+\) : Error (?<rule>BCP\d+)/.exec(fault)?.groups ?? {});
      expect(rules.map(({ line, rule }) => `${line ?? ""} ${rule ?? ""}`).filter((text) => text !== " ")).toEqual([
        "3 BCP033",
        "4 BCP328",
        "5 BCP328",
        "6 BCP332",
        "7 BCP333",
        "8 BCP327",
        "9 BCP259",
      ]);
    },
    limitMs,
  );
});

describe("infra/main.bicepparam", () => {
  it("shows every parameter that has a default, commented out or not", () => {
    const template = readFileSync(join(repository, "infra/main.bicep"), "utf8");
    const parameters = readFileSync(join(repository, "infra/main.bicepparam"), "utf8");
    const names = [...template.matchAll(/^param (?<name>\w+)/gm)].map(({ groups }) => groups?.["name"] ?? "");

    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !new RegExp(`^(?:// )?param ${name} = `, "m").test(parameters))).toEqual([]);
  });
});
