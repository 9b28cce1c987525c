import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { environmentVariables, readEnvironment } from "../../shared/config/environment.ts";
import { repository } from "../describeBicep.ts";
import { deployedSettings } from "./deployedSettings.ts";

/** What the app reads and no setting gives it, with the reason. */
const notDeployed: Readonly<Record<string, string>> = {
  AzureWebJobsStorage__accountName: "the three addresses are given instead, so that they are right in every cloud",
  IDENTITY_ENDPOINT: "the platform sets it",
  IDENTITY_HEADER: "the platform sets it",
  WEBSITE_AUTH_ENABLED: "the platform sets it",
  PGWARDEN_CA_FILE: "only the local Azure has a certificate authority of its own",
  PGWARDEN_HOSTS: "only the local Azure and tunnels lead host names elsewhere",
  PGPASSWORD: "only the command line takes a password",
};

/** What the host reads and the app does not. */
const ofTheHost = [
  "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
  "APPLICATIONINSIGHTS_CONNECTION_STRING",
  "AzureWebJobsStorage__clientId",
  "AzureWebJobsStorage__credential",
  "AzureWebJobsStorage__tableServiceUri",
];

describe("the settings of the deployed app", () => {
  const settings = deployedSettings(repository);

  it("are exactly what shared/config reads and what the host needs", () => {
    const read = environmentVariables.map(({ name }) => name as string).filter((name) => !(name in notDeployed));

    expect([...settings.keys()].sort()).toEqual([...read, ...ofTheHost].sort());
  });

  it("leave out nothing but variables that shared/config still knows", () => {
    const known = environmentVariables.map(({ name }) => name as string);

    expect(Object.keys(notDeployed).filter((name) => !known.includes(name))).toEqual([]);
  });

  it("hold every setting that a trigger names in percent signs or as its connection", () => {
    const sources = globSync("functions/**/*.ts", { cwd: repository }).map((path) =>
      readFileSync(join(repository, path), "utf8"),
    );
    const text = sources.join("\n");
    const named = [...text.matchAll(/%(?<name>[A-Z_]+)%/g)].map(({ groups }) => groups?.["name"] ?? "");
    const connections = new Set(
      [...text.matchAll(/connection: "(?<name>\w+)"/g)].map(({ groups }) => groups?.["name"]),
    );

    expect(named).toContain("PGWARDEN_SCAN_SCHEDULE");
    expect(named.filter((name) => !settings.has(name))).toEqual([]);
    expect([...connections]).toEqual(["AzureWebJobsStorage"]);
  });

  it("name one identity for each thing that the app does", () => {
    const ids = [...settings].filter(([name]) => /CLIENT_ID$/.test(name));

    expect(Object.fromEntries(ids)).toEqual({
      AZURE_CLIENT_ID: "[parameters('scanner').clientId]",
      PGWARDEN_ROTATOR_CLIENT_ID: "[parameters('rotator').clientId]",
      PGWARDEN_ADMIN_ROTATOR_CLIENT_ID: "[coalesce(tryGet(parameters('adminRotator'), 'clientId'), '')]",
    });
  });

  it("know the address of queries in every cloud that docs/configuration.md names", () => {
    const variable = environmentVariables.find(({ name }) => name === "PGWARDEN_LOGS_ENDPOINT");
    const template = readFileSync(join(repository, "infra/modules/functionApp.bicep"), "utf8");
    const addresses = /https:\/\/api\.loganalytics\.[\w.]+/g;

    expect(template.match(addresses)).toEqual(`${variable?.default ?? ""} ${variable?.meaning ?? ""}`.match(addresses));
    expect(template).toContain("logsEndpoints[?environment().name]");
  });

  it("are taken by the app: what Azure makes of each expression, it accepts", () => {
    const expressions: Readonly<Record<string, string>> = {
      AzureWebJobsStorage__blobServiceUri: "https://stpgwarden.blob.core.windows.net/",
      AzureWebJobsStorage__queueServiceUri: "https://stpgwarden.queue.core.windows.net/",
      AZURE_CLIENT_ID: "33333333-4444-5555-6666-777777777777",
      PGWARDEN_ROTATOR_CLIENT_ID: "44444444-4444-5555-6666-777777777777",
      PGWARDEN_ADMIN_ROTATOR_CLIENT_ID: "55555555-4444-5555-6666-777777777777",
      PGWARDEN_LOGS_ENDPOINT: "https://api.loganalytics.us",
      PGWARDEN_ARM_ENDPOINT: "https://management.azure.com/",
      PGWARDEN_INGESTION_ENDPOINT: "https://dcr-pgwarden.westeurope-1.ingest.monitor.azure.com",
      PGWARDEN_INGESTION_RULE: `dcr-${"0".repeat(32)}`,
      PGWARDEN_SCAN_SCHEDULE: "0 0 */6 * * *",
      PGWARDEN_ROTATE_SCHEDULE: "0 10 * * * *",
      PGWARDEN_RECOVER_SCHEDULE: "0 */5 * * * *",
    };
    const values = Object.fromEntries([...settings].map(([name, value]) => [name, expressions[name] ?? value]));

    expect(readEnvironment({ ...values, IDENTITY_ENDPOINT: "http://localhost/msi", IDENTITY_HEADER: "x" })).toEqual({
      configPath: "/home/site/wwwroot/pgwarden.yaml",
      armEndpoint: "https://management.azure.com",
      logsEndpoint: "https://api.loganalytics.us",
      blobEndpoint: "https://stpgwarden.blob.core.windows.net",
      queueEndpoint: "https://stpgwarden.queue.core.windows.net",
      caFile: null,
      managedIdentityClientId: "33333333-4444-5555-6666-777777777777",
      rotatorClientId: "44444444-4444-5555-6666-777777777777",
      adminRotatorClientId: "55555555-4444-5555-6666-777777777777",
      identity: "managed",
      hosts: {},
      scanSchedule: "0 0 */6 * * *",
      rotateSchedule: "0 10 * * * *",
      recoverSchedule: "0 */5 * * * *",
      logAnalytics: {
        endpoint: "https://dcr-pgwarden.westeurope-1.ingest.monitor.azure.com",
        ruleId: `dcr-${"0".repeat(32)}`,
      },
      platformAuthentication: false,
    });
  });
});
