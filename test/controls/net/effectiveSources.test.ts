import { describe, expect, it } from "@jest/globals";
import { effectiveRules, unapprovedSources } from "../../../shared/controls/net/effectiveSources.ts";
import { cidrRanges } from "../../../shared/controls/net/firewallRange.ts";
import type { DelegatedNetwork, SecurityRule } from "../../../shared/model/armEvidence.ts";
import { delegatedNetwork } from "../../builders.ts";

function rule(name: string, priority: number, override: Partial<SecurityRule> = {}): SecurityRule {
  return {
    name,
    direction: "Inbound",
    access: "Allow",
    priority,
    protocol: "Tcp",
    sources: ["*"],
    sourceApplicationSecurityGroups: [],
    destinations: ["*"],
    destinationPorts: ["5432"],
    ...override,
  };
}

function deny(priority: number, override: Partial<SecurityRule> = {}): SecurityRule {
  return rule(`deny ${priority}`, priority, { access: "Deny", ...override });
}

function network(securityRules: readonly SecurityRule[], override: Partial<DelegatedNetwork> = {}): DelegatedNetwork {
  return delegatedNetwork({ securityRules, ...override });
}

/** The names of the rules that still reach 5432. */
function reaching(rules: readonly SecurityRule[], override: Partial<DelegatedNetwork> = {}): readonly string[] {
  return effectiveRules(network(rules, override), 5432).map((effective) => effective.rule.name);
}

/** The first rule that reaches 5432, without the rule itself. */
function first(rules: readonly SecurityRule[]) {
  const effective = effectiveRules(network(rules), 5432)[0];
  return effective === undefined ? undefined : { ...effective, rule: effective.rule.name };
}

const groups = { sources: [], sourceApplicationSecurityGroups: ["/asg/apps"] };

describe("effectiveRules", () => {
  it("reads Any as the three tags that together are everything", () => {
    expect(first([rule("any", 100)])).toEqual({
      rule: "any",
      ranges: [],
      tags: ["internet", "virtualnetwork", "azureloadbalancer"],
      ipv6: [],
      hasGroups: false,
    });
  });

  it("keeps what is left of a source after the denied part", () => {
    const left = first([
      deny(100, { sources: ["10.2.0.0/17", "Storage"] }),
      rule("mixed", 200, { sources: ["10.2.0.0/16", "Storage", "Sql", "fd00::/64", "fd00::1"] }),
    ]);

    expect(left).toEqual({
      rule: "mixed",
      ranges: cidrRanges(["10.2.128.0/17"]),
      tags: ["sql"],
      ipv6: ["fd00::/64", "fd00::1"],
      hasGroups: false,
    });
  });

  it("leaves only the network and its load balancer once the Internet is denied", () => {
    const left = first([deny(100, { sources: ["Internet"] }), rule("mixed", 200, { sources: ["*", "Storage"] })]);
    const explicit = first([
      deny(100, { sources: ["Internet"] }),
      rule("explicit", 200, { sources: ["20.0.0.0/24", "10.2.0.0/24", "2001:db8::/32"] }),
    ]);

    expect(left?.tags).toEqual(["virtualnetwork", "azureloadbalancer"]);
    expect(explicit?.ranges).toEqual(cidrRanges(["10.2.0.0/24"]));
    expect(explicit?.ipv6).toEqual([]);
  });

  it.each([
    ["Any", [deny(100)]],
    ["its own network", [deny(100, { sources: ["VirtualNetwork"] })]],
    ["every address, in two rules", [deny(100, { sources: ["0.0.0.0/1"] }), deny(110, { sources: ["128.0.0.0/1"] })]],
    ["Any, and then something smaller", [deny(100), deny(110, { sources: ["10.0.0.0/8"] })]],
  ])("drops a rule for application security groups after a Deny of %s", (_name, denies) => {
    expect(reaching([...denies, rule("groups", 200, groups)])).toEqual([]);
  });

  it("keeps a rule for application security groups otherwise", () => {
    expect(reaching([deny(100, { sources: ["Internet", "10.2.0.0/16"] }), rule("groups", 200, groups)])).toEqual([
      "groups",
    ]);
    expect(first([rule("groups", 200, groups)])?.hasGroups).toBe(true);
  });

  it("drops a rule whose sources were all denied", () => {
    expect(
      reaching([
        deny(100, { sources: ["10.2.0.0/16", "Storage"] }),
        rule("gone", 200, { sources: ["10.2.3.0/24", "Storage"] }),
      ]),
    ).toEqual([]);
  });

  it("goes by priority, not by the order in which rules are listed", () => {
    expect(reaching([rule("late", 300), deny(200), rule("early", 100)])).toEqual(["early"]);
  });

  it.each([
    ["one of several destinations", ["10.9.0.0/24", "10.1.0.7"], true],
    ["a destination around it", ["10.0.0.0/8"], true],
    ["the network by its tag", ["VirtualNetwork"], true],
    ["a destination group, which has no address", [], true],
    ["destinations elsewhere only", ["10.9.0.0/24", "10.1.1.0"], false],
  ])("an Allow reaches the subnet by %s", (_name, destinations, reaches) => {
    expect(reaching([rule("allow", 100, { destinations })])).toEqual(reaches ? ["allow"] : []);
  });

  it.each([
    ["Any", ["*"], true],
    ["the network by its tag", ["VirtualNetwork"], true],
    ["all of the subnet in two halves", ["10.1.0.0/25", "10.1.0.128/25"], true],
    ["half of the subnet", ["10.1.0.0/25"], false],
    ["a destination group", [], false],
    ["another tag", ["Storage"], false],
  ])("a Deny for %s", (_name, destinations, denies) => {
    expect(reaching([deny(100, { destinations }), rule("late", 200)])).toEqual(denies ? [] : ["late"]);
  });

  it("knows a subnet of two prefixes: Allow needs one of them, Deny both", () => {
    const two = { addressPrefixes: ["10.1.0.0/24", "10.7.0.0/24"] };

    expect(reaching([rule("allow", 100, { destinations: ["10.7.0.9"] })], two)).toEqual(["allow"]);
    expect(reaching([deny(100, { destinations: ["10.1.0.0/24"] }), rule("late", 200)], two)).toEqual(["late"]);
    expect(reaching([deny(100, { destinations: two.addressPrefixes }), rule("late", 200)], two)).toEqual([]);
  });

  it("in doubt about the subnet's own addresses, lets Allow hold and Deny not", () => {
    const unknown = { addressPrefixes: [] };

    expect(reaching([rule("allow", 100, { destinations: ["10.9.0.0/24"] })], unknown)).toEqual(["allow"]);
    expect(reaching([deny(100, { destinations: ["10.1.0.0/24"] }), rule("late", 200)], unknown)).toEqual(["late"]);
  });

  it.each([
    ["*", true],
    ["5432", true],
    ["5432-5432", true],
    ["0-65535", true],
    ["5433-6000", false],
    ["5000-5431", false],
    ["15432", false],
  ])("port text %s", (text, reaches) => {
    expect(reaching([rule("allow", 100, { destinationPorts: [text] })])).toEqual(reaches ? ["allow"] : []);
  });

  it.each([
    ["*", true],
    ["TCP", true],
    ["Any", true],
    ["Udp", false],
    ["Icmp", false],
  ])("protocol %s", (protocol, reaches) => {
    expect(reaching([rule("allow", 100, { protocol })])).toEqual(reaches ? ["allow"] : []);
  });
});

describe("unapprovedSources", () => {
  function unapproved(sources: readonly string[], approved: readonly string[]): readonly string[] {
    const given = network([rule("one", 100, { sources })]);
    return effectiveRules(given, 5432).flatMap((effective) => unapprovedSources(effective, given, approved));
  }

  it.each([
    ["nothing of the network itself", ["VirtualNetwork", "AzureLoadBalancer", "10.1.0.0/24"], [], []],
    ["the Internet, approved or not", ["Internet", "10.2.0.0/24"], ["internet", "10.2.0.0/16"], ["the whole Internet"]],
    ["the part of a network that is not approved", ["10.2.0.0/23"], ["10.2.0.0/24"], ["10.2.1.0-10.2.1.255"]],
    ["a tag that is not listed, whatever the case", ["Storage", "SQL"], ["sql"], ["storage"]],
    [
      "an IPv6 network wider than the approved one",
      ["fd00::/47", "fd00::/48", "fd00:0:0:1::9"],
      ["fd00::/48"],
      ["fd00::/47"],
    ],
    ["an IPv6 address beside the approved one", ["fd00::1", "fd00::2"], ["fd00::1", "Storage"], ["fd00::2"]],
    ["IPv6 where only IPv4 is approved", ["fd00::1"], ["0.0.0.0/0", "10.0.0.1"], ["fd00::1"]],
  ])("names %s", (_name, sources, approved, named) => {
    expect(unapproved(sources, approved)).toEqual(named);
  });
});
