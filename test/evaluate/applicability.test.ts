import { describe, expect, it } from "@jest/globals";
import type { ServerCondition } from "../../shared/controls/control.ts";
import { givenConditions, serverConditions } from "../../shared/evaluate/applicability.ts";
import type { ServerFacts } from "../../shared/model/armEvidence.ts";
import type { Policy } from "../../shared/model/policy.ts";
import { policy, serverFacts, tenantId } from "../builders.ts";

/** The conditions on the server that hold, in the order of the table. */
function holding(server: ServerFacts): readonly string[] {
  return Object.entries(serverConditions).flatMap(([name, { holds }]) => (holds(server) ? [name] : []));
}

/** The conditions on policy and baseline that hold. */
function given(chosen: Policy, server = "orders", hasBaseline = false): readonly string[] {
  return Object.entries(givenConditions).flatMap(([name, { holds }]) =>
    holds({ policy: chosen, server, hasBaseline }) ? [name] : [],
  );
}

const always = ["entraOn", "passwordOn", "pgBouncerTier"] satisfies ServerCondition[];

describe("applicability", () => {
  it.each([
    ["public", serverFacts(), ["publicModel", "publicEndpointEnabled"]],
    [
      "public access not reported",
      serverFacts({ publicNetworkAccess: null }),
      ["publicModel", "publicEndpointEnabled"],
    ],
    [
      "endpoint off",
      serverFacts({ publicNetworkAccess: "Disabled" }),
      ["publicModel", "publicEndpointDisabled", "privateModel"],
    ],
    [
      "VNet-integrated, reporting Enabled",
      serverFacts({ delegatedSubnetId: "/s" }),
      ["delegatedSubnet", "privateModel"],
    ],
    [
      "VNet-integrated, reporting Disabled",
      serverFacts({ delegatedSubnetId: "/s", publicNetworkAccess: "Disabled" }),
      ["delegatedSubnet", "privateModel"],
    ],
  ])("derives the network model: %s", (_name, server, network) => {
    expect(holding(server)).toEqual([...network, ...always]);
  });

  it("reads a missing password authentication as on, and a missing Entra authentication as off", () => {
    const held = holding(serverFacts({ entraAuthentication: null, passwordAuthentication: null }));

    expect(held.includes("passwordOn")).toBe(true);
    expect(held.includes("entraOn")).toBe(false);
  });

  it("follows the policy's choices", () => {
    const canary = {
      name: "c",
      server: "orders",
      database: "app",
      table: "s.t",
      role: "app",
      where: {},
      settings: {},
      witness: null,
    };
    const chosen = policy({
      entra: { only: true, tenantId },
      firewall: { approved: [{ name: "office", range: "203.0.113.0/28" }] },
      privileges: { sensitiveColumns: ["iban"], roleProfiles: [{ role: "app", profile: "ro" }] },
      code: { allowedExtensions: ["pgcrypto"], preloadLibraries: ["pgaudit"], cryptoRequired: true },
      rowSecurity: { requiredTables: ["app.*"], canaries: [canary] },
      roles: { ownerSplit: true },
    });
    const all = Object.keys(givenConditions);

    expect(given(policy())).toEqual([]);
    expect(given(chosen)).toEqual(all.filter((name) => name !== "baselineInForce"));
    expect(given(chosen, "another").includes("canaryConfigured")).toBe(false);
    expect(given(policy(), "orders", true)).toEqual(["baselineInForce"]);
  });

  it("knows that the Burstable tier has no PgBouncer", () => {
    expect(holding(serverFacts({ skuTier: "Burstable" })).includes("pgBouncerTier")).toBe(false);
  });

  it("says why for each condition, in a sentence", () => {
    for (const { otherwise } of [...Object.values(serverConditions), ...Object.values(givenConditions)])
      expect(otherwise).toMatch(/^[A-Z].+\.$/);
  });
});
