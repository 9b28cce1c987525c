import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";
import { afterAll, describe, expect, it } from "@jest/globals";
import { ConfigError } from "../../shared/config/configError.ts";
import { readEnvironment } from "../../shared/config/environment.ts";

const account = { AzureWebJobsStorage__accountName: "pgwarden1" };
const clientId = "11111111-2222-3333-4444-555555555555";
const rotatorId = "22222222-2222-3333-4444-555555555555";
const adminRotatorId = "33333333-2222-3333-4444-555555555555";
const directory = mkdtempSync(join(tmpdir(), "pgwarden-environment-"));

afterAll(() => {
  rmSync(directory, { recursive: true });
});

function faultsOf(variables: Readonly<Record<string, string>>): readonly string[] {
  try {
    readEnvironment(variables);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map(({ message }) => message);
  }
}

describe("readEnvironment", () => {
  it("needs no more than a storage account", () => {
    expect(readEnvironment(account)).toEqual({
      configPath: "pgwarden.yaml",
      armEndpoint: "https://management.azure.com",
      logsEndpoint: "https://api.loganalytics.azure.com",
      blobEndpoint: "https://pgwarden1.blob.core.windows.net",
      queueEndpoint: "https://pgwarden1.queue.core.windows.net",
      caFile: null,
      managedIdentityClientId: null,
      rotatorClientId: null,
      adminRotatorClientId: null,
      identity: "developer",
      hosts: {},
      scanSchedule: null,
      rotateSchedule: null,
      recoverSchedule: null,
      logAnalytics: null,
      platformAuthentication: false,
    });
  });

  it("takes endpoint and rule of the deployment together, and refuses one without the other or what is neither", () => {
    const endpoint = { PGWARDEN_INGESTION_ENDPOINT: "https://rule.westeurope-1.ingest.monitor.azure.com/" };
    const ruleId = `dcr-${"0".repeat(32)}`;

    expect(readEnvironment({ ...account, ...endpoint, PGWARDEN_INGESTION_RULE: ruleId }).logAnalytics).toEqual({
      endpoint: "https://rule.westeurope-1.ingest.monitor.azure.com",
      ruleId,
    });
    expect(faultsOf({ ...account, ...endpoint })).toEqual([
      "PGWARDEN_INGESTION_RULE is empty; with PGWARDEN_INGESTION_ENDPOINT it must be set too.",
    ]);
    expect(faultsOf({ ...account, PGWARDEN_INGESTION_RULE: ruleId })).toEqual([
      "PGWARDEN_INGESTION_ENDPOINT is empty; with PGWARDEN_INGESTION_RULE it must be set too.",
    ]);
    expect(faultsOf({ ...account, ...endpoint, PGWARDEN_INGESTION_RULE: "pgwarden" })).toEqual([
      'PGWARDEN_INGESTION_RULE is "pgwarden"; allowed: dcr- and 32 hexadecimal digits.',
    ]);
  });

  it("takes the schedule that the host goes by, and refuses one that it would not understand", () => {
    const variables = { ...account, PGWARDEN_SCAN_SCHEDULE: "0 0 */2 * * *" };

    expect(readEnvironment(variables).scanSchedule).toBe("0 0 */2 * * *");
    expect(faultsOf({ ...account, PGWARDEN_SCAN_SCHEDULE: "@daily" })).toEqual([
      "PGWARDEN_SCAN_SCHEDULE is text of 6 characters; allowed: 5 or 6 NCRONTAB fields.",
    ]);
  });

  it("reads every variable", () => {
    const caFile = join(directory, "ca.pem");
    writeFileSync(caFile, tls.rootCertificates[0] ?? "");

    const environment = readEnvironment({
      PGWARDEN_SCAN_SCHEDULE: "0 0 */2 * * *",
      PGWARDEN_ROTATE_SCHEDULE: "0 20 * * * *",
      PGWARDEN_RECOVER_SCHEDULE: "0 */4 * * * *",
      PGWARDEN_ROTATOR_CLIENT_ID: rotatorId,
      PGWARDEN_ADMIN_ROTATOR_CLIENT_ID: adminRotatorId,
      PGWARDEN_INGESTION_ENDPOINT: "https://127.0.0.1:4001",
      PGWARDEN_INGESTION_RULE: `dcr-${"a".repeat(32)}`,
      PGWARDEN_CONFIG: "conf/pgwarden.yaml",
      PGWARDEN_ARM_ENDPOINT: "https://localhost:4001/",
      PGWARDEN_LOGS_ENDPOINT: "https://localhost:4006/",
      AzureWebJobsStorage__blobServiceUri: "https://127.0.0.1:4002/local",
      AzureWebJobsStorage__queueServiceUri: "https://127.0.0.1:4003/local",
      PGWARDEN_CA_FILE: caFile,
      IDENTITY_ENDPOINT: "http://127.0.0.1:4004/token",
      IDENTITY_HEADER: "header",
      AZURE_CLIENT_ID: clientId,
      PGWARDEN_HOSTS:
        '{"Orders.Postgres.Database.Azure.com": {"addresses": ["10.1.0.4", "::1"], "connect": {"5432": "127.0.0.1:40001"}}}',
      WEBSITE_AUTH_ENABLED: "True",
    });

    expect(environment).toEqual({
      configPath: "conf/pgwarden.yaml",
      armEndpoint: "https://localhost:4001",
      logsEndpoint: "https://localhost:4006",
      blobEndpoint: "https://127.0.0.1:4002/local",
      queueEndpoint: "https://127.0.0.1:4003/local",
      caFile,
      managedIdentityClientId: clientId,
      rotatorClientId: rotatorId,
      adminRotatorClientId: adminRotatorId,
      identity: "managed",
      hosts: {
        "orders.postgres.database.azure.com": {
          addresses: ["10.1.0.4", "::1"],
          connect: { "5432": "127.0.0.1:40001" },
        },
      },
      scanSchedule: "0 0 */2 * * *",
      rotateSchedule: "0 20 * * * *",
      recoverSchedule: "0 */4 * * * *",
      logAnalytics: { endpoint: "https://127.0.0.1:4001", ruleId: `dcr-${"a".repeat(32)}` },
      platformAuthentication: true,
    });
  });

  it("rotates as the one identity that is named, where no other is", () => {
    const one = readEnvironment({ ...account, AZURE_CLIENT_ID: clientId });
    const two = readEnvironment({ ...account, AZURE_CLIENT_ID: clientId, PGWARDEN_ROTATOR_CLIENT_ID: rotatorId });

    expect([one.rotatorClientId, one.adminRotatorClientId]).toEqual([clientId, clientId]);
    expect([two.rotatorClientId, two.adminRotatorClientId]).toEqual([rotatorId, clientId]);
    expect(faultsOf({ ...account, PGWARDEN_ROTATOR_CLIENT_ID: "me" })).toEqual([
      'PGWARDEN_ROTATOR_CLIENT_ID is "me"; allowed: a UUID.',
    ]);
  });

  it.each([
    ["the platform's endpoint", { IDENTITY_ENDPOINT: "http://x", IDENTITY_HEADER: "y" }, "managed"],
    ["a client id alone", { AZURE_CLIENT_ID: clientId }, "managed"],
    ["an application with its secret", { AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: "s" }, "developer"],
    ["nothing", {}, "developer"],
  ])("tells who acts from %s", (_, variables, identity) => {
    expect(readEnvironment({ ...account, ...variables }).identity).toBe(identity);
  });

  it.each(["False", "false", "1", "yes", ""])("does not believe in platform authentication when told %j", (value) => {
    expect(readEnvironment({ ...account, WEBSITE_AUTH_ENABLED: value }).platformAuthentication).toBe(false);
  });

  it("takes an empty variable as not set", () => {
    const environment = readEnvironment({ ...account, PGWARDEN_CONFIG: "", PGWARDEN_HOSTS: " ", AZURE_CLIENT_ID: "" });

    expect(environment).toMatchObject({ configPath: "pgwarden.yaml", hosts: {}, managedIdentityClientId: null });
  });

  it("reports every fault at once", () => {
    const faults = faultsOf({
      PGWARDEN_ARM_ENDPOINT: "http://localhost:1",
      AZURE_CLIENT_ID: "me",
      IDENTITY_ENDPOINT: "http://x",
      PGWARDEN_CA_FILE: join(directory, "none.pem"),
      PGWARDEN_HOSTS: '{"orders": {"addresses": ["ten"], "port": 1}}',
    });

    expect(faults).toEqual([
      'PGWARDEN_ARM_ENDPOINT is "http://localhost:1"; allowed: an https address without user name or query.',
      expect.stringMatching(/^PGWARDEN_CA_FILE is .*; allowed: a readable PEM file that begins with a certificate\.$/),
      'AZURE_CLIENT_ID is "me"; allowed: a UUID.',
      "IDENTITY_HEADER is empty; with IDENTITY_ENDPOINT the platform sets both.",
      "PGWARDEN_HOSTS.orders.port is unknown; PGWARDEN_HOSTS.orders takes addresses, connect.",
      'PGWARDEN_HOSTS.orders.addresses[0] is "ten"; allowed: an IP address.',
      "PGWARDEN_HOSTS.orders.connect is missing.",
      "Storage is not named; set AzureWebJobsStorage__accountName, or AzureWebJobsStorage__blobServiceUri and AzureWebJobsStorage__queueServiceUri.",
    ]);
  });

  it.each([
    ["text", "{"],
    ["a list", "[]"],
    ["a number", "7"],
    ["a connection without port", '{"a": {"addresses": [], "connect": {"5432": "localhost"}}}'],
    ["a port in words", '{"a": {"addresses": [], "connect": {"pg": "localhost:1"}}}'],
  ])("refuses PGWARDEN_HOSTS that holds %s", (_, text) => {
    expect(faultsOf({ ...account, PGWARDEN_HOSTS: text })).toHaveLength(1);
  });

  it.each(["Pgwarden1", "ab", "pg-warden"])("refuses the account name %s", (name) => {
    expect(faultsOf({ AzureWebJobsStorage__accountName: name })).toEqual([
      `AzureWebJobsStorage__accountName is "${name}"; allowed: 3 to 24 lower-case letters and digits.`,
    ]);
  });

  it("refuses a PEM file without a certificate", () => {
    const path = join(directory, "key.pem");
    writeFileSync(path, "-----BEGIN PRIVATE KEY-----\n");

    expect(faultsOf({ ...account, PGWARDEN_CA_FILE: path })).toHaveLength(1);
  });

  it("refuses a connection string and never prints it", () => {
    const secret = "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=hunter2==";

    const faults = faultsOf({ AzureWebJobsStorage: secret, PGWARDEN_ARM_ENDPOINT: "https://u:hunter2@arm" });

    expect(faults).toHaveLength(3);
    expect(faults.join("\n")).not.toContain("hunter2");
  });
});
