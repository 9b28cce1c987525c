import { describe, expect, it } from "@jest/globals";
import { armAction, vaultAction } from "./calledAction.ts";

const server = "/subscriptions/1/resourceGroups/g/providers/Microsoft.DBforPostgreSQL/flexibleServers/s";

describe("armAction", () => {
  it.each([
    ["GET", server, "Microsoft.DBforPostgreSQL/flexibleServers/read"],
    ["GET", `${server}/firewallRules`, "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules/read"],
    ["PATCH", server, "Microsoft.DBforPostgreSQL/flexibleServers/write"],
    ["DELETE", `${server}/firewallRules/x`, "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules/delete"],
    ["POST", `${server}/restart`, "Microsoft.DBforPostgreSQL/flexibleServers/restart/action"],
    ["GET", `${server}/providers/Microsoft.Insights/diagnosticSettings`, "Microsoft.Insights/diagnosticSettings/read"],
    [
      "GET",
      "/subscriptions/1/providers/Microsoft.DBforPostgreSQL/locations/westeurope/azureAsyncOperation/7",
      "Microsoft.DBforPostgreSQL/locations/azureAsyncOperation/read",
    ],
    ["GET", "/subscriptions", "Microsoft.Resources/subscriptions/read"],
  ])("of %s %s is %s", (method, path, action) => {
    expect(armAction({ method, path })).toBe(action);
  });
});

describe("vaultAction", () => {
  it.each([
    ["GET", "/secrets", "readMetadata"],
    ["GET", "/secrets/app/versions", "readMetadata"],
    ["GET", "/secrets/app", "getSecret"],
    ["GET", "/secrets/app/", "getSecret"],
    ["GET", "/secrets/app/0123", "getSecret"],
    ["PUT", "/secrets/app", "setSecret"],
    ["PATCH", "/secrets/app/0123", "update"],
    ["DELETE", "/secrets/app", "delete"],
    ["POST", "/deletedsecrets/app/recover", "recover"],
    ["DELETE", "/deletedsecrets/app", "purge"],
  ])("of %s %s is %s", (method, path, word) => {
    expect(vaultAction({ method, path })).toBe(`Microsoft.KeyVault/vaults/secrets/${word}/action`);
  });
});
