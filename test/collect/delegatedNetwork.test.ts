import { describe, expect, it } from "@jest/globals";
import { CollectError } from "../../shared/collect/collectError.ts";
import { collectDelegatedNetwork, parseSecurityRules } from "../../shared/collect/delegatedNetwork.ts";
import { serverFacts } from "../builders.ts";
import { memoryArm } from "../fakes/memoryArm.ts";

const forever = new AbortController().signal;
const network = "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/net/providers/microsoft.network";
const subnetId = `${network}/virtualnetworks/hub/subnets/db`;
const groupId = `${network}/networksecuritygroups/db`;
const facts = serverFacts({ delegatedSubnetId: subnetId });

const subnet = {
  id: subnetId.toUpperCase(),
  properties: {
    addressPrefix: "10.1.0.0/24",
    delegations: [{ name: "d", properties: { serviceName: "Microsoft.DBforPostgreSQL/flexibleServers" } }],
    networkSecurityGroup: { id: groupId.toUpperCase() },
  },
};

function securityRule(name: string, priority: number, override: object = {}) {
  return {
    name,
    properties: {
      direction: "Inbound",
      access: "Allow",
      priority,
      protocol: "Tcp",
      sourceAddressPrefix: "VirtualNetwork",
      sourceAddressPrefixes: [],
      destinationAddressPrefix: "",
      destinationAddressPrefixes: ["10.1.0.0/25", "10.1.0.128/25"],
      destinationPortRange: "5432",
      destinationPortRanges: [],
      ...override,
    },
  };
}

const group = {
  properties: {
    securityRules: [securityRule("own-late", 300), securityRule("own", 100)],
    defaultSecurityRules: [securityRule("DenyAllInBound", 65500, { access: "Deny", protocol: "*" })],
  },
};

describe("collectDelegatedNetwork", () => {
  it("reads the subnet and the rules of its group, first asked first", async () => {
    const arm = memoryArm({ [subnetId]: subnet, [groupId]: group });

    const collected = await collectDelegatedNetwork(facts, arm, forever);

    expect(collected).toMatchObject({
      subnetId,
      addressPrefixes: ["10.1.0.0/24"],
      delegations: ["Microsoft.DBforPostgreSQL/flexibleServers"],
      securityGroupId: groupId,
    });
    expect(collected.securityRules.map(({ name }) => name)).toEqual(["own", "own-late", "DenyAllInBound"]);
    expect(collected.securityRules[0]).toEqual({
      name: "own",
      direction: "Inbound",
      access: "Allow",
      priority: 100,
      protocol: "Tcp",
      sources: ["VirtualNetwork"],
      sourceApplicationSecurityGroups: [],
      destinations: ["10.1.0.0/25", "10.1.0.128/25"],
      destinationPorts: ["5432"],
    });
  });

  it("reads one thing only when the subnet has no group", async () => {
    const properties = { addressPrefixes: ["10.1.0.0/24", "10.2.0.0/24"] };
    const arm = memoryArm({ [subnetId]: { id: subnetId, properties } });

    expect(await collectDelegatedNetwork(facts, arm, forever)).toEqual({
      subnetId,
      addressPrefixes: ["10.1.0.0/24", "10.2.0.0/24"],
      delegations: [],
      securityGroupId: null,
      securityRules: [],
    });
    expect(arm.log).toEqual([subnetId]);
  });

  it("is nothing at all when the group may not be read: no rules would say that nothing is filtered", async () => {
    const denied = new CollectError("denied", "GET was refused (403).");
    const arm = memoryArm({ [subnetId]: subnet, [groupId]: denied });

    await expect(collectDelegatedNetwork(facts, arm, forever)).rejects.toMatchObject({
      reason: "denied",
      message:
        "GET was refused (403). The scanner's role needs the action Microsoft.Network/networkSecurityGroups/read.",
    });
  });

  it("is absent without a delegated subnet", async () => {
    await expect(collectDelegatedNetwork(serverFacts(), memoryArm({}), forever)).rejects.toMatchObject({
      reason: "absent",
    });
  });

  it("takes a group that has no rules of its own", () => {
    expect(parseSecurityRules({ properties: {} })).toEqual([]);
  });
});
