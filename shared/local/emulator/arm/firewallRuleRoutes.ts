import { isIPv4 } from "node:net";
import * as v from "valibot";
import type { FirewallRuleBody } from "../armBodies.ts";
import { type EmulatorApp, type EmulatorContext, newApp, sentSegment } from "../emulatorContext.ts";
import { armBody } from "./armBody.ts";
import { armGate } from "./armGate.ts";
import { API_VERSIONS, ARM_PATHS } from "./armPaths.ts";
import { ArmRefusal, childNotFound, invalidParameter } from "./armRefusal.ts";
import { page } from "./page.ts";
import { named, SERVER_TYPE, serverOf } from "./serverOf.ts";

const TYPE = `${SERVER_TYPE}/firewallRules`;
const NAME = /^[a-zA-Z0-9][-_a-zA-Z0-9]{0,79}(?<!-)$/;

const RuleBody = v.object({ properties: v.object({ startIpAddress: v.string(), endIpAddress: v.string() }) });

/** The firewall rules of a server: list, get, PUT and DELETE (both long-running). */
export function firewallRuleRoutes(context: EmulatorContext): EmulatorApp {
  const { operations } = context;
  const gate = armGate(context, API_VERSIONS.postgres);
  const routes = newApp();

  routes.get(ARM_PATHS.firewallRules, gate, (c) => c.json(page(context, c, serverOf(context, c).server.firewallRules)));

  routes.get(ARM_PATHS.firewallRule, gate, (c) => {
    const rule = named(serverOf(context, c).server.firewallRules, c.req.param("name"));
    if (rule === undefined) throw childNotFound(TYPE, sentSegment(c, -1));
    return c.json(rule);
  });

  routes.put(ARM_PATHS.firewallRule, gate, async (c) => {
    const { id, server } = serverOf(context, c);
    const name = sentSegment(c, -1);
    if (!NAME.test(name)) throw invalidParameter("firewallRuleName");
    const { startIpAddress, endIpAddress } = (await armBody(c, RuleBody)).properties;
    if (!isIPv4(startIpAddress)) throw invalidParameter("startIpAddress");
    if (!isIPv4(endIpAddress)) throw invalidParameter("endIpAddress");
    if (addressNumber(startIpAddress) > addressNumber(endIpAddress)) throw invalidParameter("startIpAddress");
    if (server.body.properties.network.delegatedSubnetResourceId !== undefined) {
      const message = "Firewall rule operations cannot be requested for a private access enabled server.";
      throw new ArmRefusal(400, { code: "FirewallRuleNotAllowedForPrivateAccess", message });
    }
    const rule: FirewallRuleBody = {
      name,
      type: TYPE,
      id: `${server.body.id}/firewallRules/${name}`,
      properties: { endIpAddress, startIpAddress },
    };
    return operations.accept(c, server.body.location, {
      serverId: id,
      result: () => rule,
      effect() {
        const present = named(server.firewallRules, name);
        if (present === undefined) server.firewallRules.push(rule);
        else present.properties = rule.properties;
        return Promise.resolve();
      },
    });
  });

  routes.delete(ARM_PATHS.firewallRule, gate, (c) => {
    const { id, server } = serverOf(context, c);
    const rule = named(server.firewallRules, c.req.param("name"));
    if (rule === undefined) return c.body(null, 204);
    return operations.accept(c, server.body.location, {
      serverId: id,
      effect() {
        server.firewallRules.splice(server.firewallRules.indexOf(rule), 1);
        return Promise.resolve();
      },
    });
  });
  return routes;
}

function addressNumber(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}
