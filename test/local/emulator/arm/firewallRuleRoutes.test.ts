import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { newFirewallRule } from "../../../../shared/local/emulator/newServerState.ts";
import { ARM, collect, orders, ordersPath, rejection, startTestAzure, type TestAzure } from "../testAzure.ts";

let azure: TestAzure;

beforeEach(async () => {
  azure = await startTestAzure();
});

afterEach(() => azure.close());

const soon = { updateIntervalInMs: 5 };

function names(): string[] {
  return orders(azure).firewallRules.map(({ name }) => name);
}

function rule(startIpAddress: unknown, endIpAddress: unknown): object {
  return { properties: { startIpAddress, endIpAddress } };
}

describe("firewallRuleRoutes", () => {
  it("lists and gets, without case", async () => {
    const rules = await collect(azure.arm.firewallRules.listByServer("shop", "orders"));
    const rule = await azure.arm.firewallRules.get("shop", "orders", "OFFICE");

    expect(rules).toEqual([rule]);
    expect(rule).toMatchObject({ name: "office", startIpAddress: "203.0.113.0", endIpAddress: "203.0.113.15" });
  });

  it("creates, changes and deletes", async () => {
    const wide = { startIpAddress: "0.0.0.0", endIpAddress: "255.255.255.255" };
    const narrow = { startIpAddress: "203.0.113.7", endIpAddress: "203.0.113.7" };

    const created = await azure.arm.firewallRules.beginCreateOrUpdateAndWait("shop", "orders", "Wide", wide, soon);
    const changed = await azure.arm.firewallRules.beginCreateOrUpdateAndWait("shop", "orders", "wide", narrow, soon);
    const present = names();
    await azure.arm.firewallRules.beginDeleteAndWait("shop", "orders", "WIDE", soon);

    expect(created).toMatchObject({ name: "Wide", ...wide });
    expect(changed).toMatchObject({ name: "Wide", ...narrow });
    expect(present).toEqual(["office", "Wide"]);
    expect(names()).toEqual(["office"]);
  });

  it("answers 204 to the deletion of a rule that is not there", async () => {
    const { status } = await azure.send("DELETE", ordersPath(azure, "/firewallRules/none"), { audience: ARM });

    expect(status).toBe(204);
  });

  it("gives pages that hold every rule once", async () => {
    const { body } = orders(azure);
    const added = Array.from({ length: 6 }, (_, index) => newFirewallRule(body, `r${index}`, "10.0.0.1", "10.0.0.1"));
    orders(azure).firewallRules.push(...added);
    azure.state.behaviour.pageSize = 3;

    const rules = await collect(azure.arm.firewallRules.listByServer("shop", "orders"));

    expect(rules.map(({ name }) => name)).toEqual(names());
  });

  it("gives names from the state that ARM itself would not take", async () => {
    const odd = 'O\'Brien "Büro" 東京/1';
    orders(azure).firewallRules.push(newFirewallRule(orders(azure).body, odd, "10.0.0.1", "10.0.0.1"));

    const rules = await collect(azure.arm.firewallRules.listByServer("shop", "orders"));
    const one = await azure.send("GET", ordersPath(azure, `/firewallRules/${encodeURIComponent(odd)}`), {
      audience: ARM,
    });

    expect(rules.map(({ name }) => name)).toContain(odd);
    expect(one).toMatchObject({ status: 200, body: { name: odd } });
  });

  it.each([
    ["a bad name", "a%20b", rule("10.0.0.1", "10.0.0.1"), "InvalidParameterValue"],
    ["a name that is too long", "a".repeat(81), rule("10.0.0.1", "10.0.0.1"), "InvalidParameterValue"],
    ["no address", "r", rule("10.0.0", "10.0.0.1"), "InvalidParameterValue"],
    ["an IPv6 address", "r", rule("10.0.0.1", "::1"), "InvalidParameterValue"],
    ["an empty range", "r", rule("10.0.0.2", "10.0.0.1"), "InvalidParameterValue"],
    ["a number", "r", rule(1, "10.0.0.1"), "InvalidRequestContent"],
    ["a missing end", "r", { properties: { startIpAddress: "10.0.0.1" } }, "InvalidRequestContent"],
    ["no properties", "r", {}, "InvalidRequestContent"],
  ])("refuses %s", async (_, name, body, code) => {
    const answer = await azure.send("PUT", ordersPath(azure, `/firewallRules/${name}`), { audience: ARM, body });

    expect(answer).toMatchObject({ status: 400, body: { error: { code } } });
    expect(names()).toEqual(["office"]);
  });

  it("refuses a rule on a server in a virtual network", async () => {
    orders(azure).body.properties.network = { delegatedSubnetResourceId: "/subnet", publicNetworkAccess: "Disabled" };

    const answer = await azure.send("PUT", ordersPath(azure, "/firewallRules/r"), {
      audience: ARM,
      body: rule("10.0.0.1", "10.0.0.1"),
    });

    expect(answer.status).toBe(400);
  });

  it("refuses a rule that does not exist", async () => {
    const error = await rejection(azure.arm.firewallRules.get("shop", "orders", "none"));

    expect(error).toMatchObject({ statusCode: 404, code: "ResourceNotFound" });
  });
});
