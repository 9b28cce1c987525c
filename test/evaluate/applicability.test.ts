import { describe, expect, it } from "@jest/globals";
import type { Condition } from "../../shared/controls/control.ts";
import { applicability } from "../../shared/evaluate/applicability.ts";
import type { ServerFacts } from "../../shared/model/armEvidence.ts";
import type { Policy } from "../../shared/model/policy.ts";
import { policy, serverFacts, tenantId } from "../builders.ts";

/** The conditions that hold, in the order of the table. */
function holding(server: ServerFacts, given: Policy = policy()): readonly string[] {
  return Object.entries(applicability).flatMap(([name, { holds }]) => (holds(server, given) ? [name] : []));
}

const always = ["entraOn", "passwordOn", "pgBouncerTier"] satisfies Condition[];

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
    const given = policy({
      entra: { only: true, tenantId },
      firewall: { approved: [{ name: "office", range: "203.0.113.0/28" }] },
    });

    expect(holding(serverFacts(), given).filter((name) => !holding(serverFacts()).includes(name))).toEqual([
      "entraOnlyProfile",
      "tenantConfigured",
      "approvedFirewall",
    ]);
  });

  it("knows that the Burstable tier has no PgBouncer", () => {
    expect(holding(serverFacts({ skuTier: "Burstable" })).includes("pgBouncerTier")).toBe(false);
  });

  it("says why for each condition, in a sentence", () => {
    for (const { otherwise } of Object.values(applicability)) expect(otherwise).toMatch(/^[A-Z].+\.$/);
  });
});
