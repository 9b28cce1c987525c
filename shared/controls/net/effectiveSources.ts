import ipaddr from "ipaddr.js";
import type { DelegatedNetwork, SecurityRule } from "../../model/armEvidence.ts";
import type { AddressRange } from "./firewallRange.ts";
import { cidrRange, cidrRanges, covers, overlaps, rangeText, subtract, union } from "./firewallRange.ts";

/** What an Allow rule lets reach one port, after every Deny rule before it. */
export interface EffectiveRule {
  readonly rule: SecurityRule;
  /** Explicit IPv4 sources. */
  readonly ranges: readonly AddressRange[];
  /** Service tags in lower case; `*` is `internet`, `virtualnetwork` and `azureloadbalancer`. */
  readonly tags: readonly string[];
  /** Explicit IPv6 networks, as written. */
  readonly ipv6: readonly string[];
  /** Members of application security groups: interfaces of the virtual network, by definition. */
  readonly hasGroups: boolean;
}

interface Denied {
  readonly everything: boolean;
  readonly ranges: readonly AddressRange[];
  readonly tags: readonly string[];
}

interface Sources {
  readonly everything: boolean;
  readonly ranges: readonly AddressRange[];
  readonly tags: readonly string[];
  readonly ipv6: readonly string[];
}

const allTags = ["internet", "virtualnetwork", "azureloadbalancer"];
const wholeIpv4: AddressRange = { first: 0, last: 2 ** 32 - 1 };
/** The Internet as the tag means it: every address outside the network, Azure's own included, private ranges not. */
const internetRanges = subtract(
  [wholeIpv4],
  cidrRanges(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"]),
);

/**
 * The inbound Allow rules that reach `port` of the subnet, each with the sources that no rule of a lower priority
 * number denies. Doubt counts as reachable: a Deny whose destination may miss part of the subnet denies nothing.
 */
export function effectiveRules(network: DelegatedNetwork, port: number): readonly EffectiveRule[] {
  const inbound = network.securityRules
    .filter((rule) => rule.direction === "Inbound" && isTcp(rule) && reachesPort(rule, port))
    .sort((left, right) => left.priority - right.priority);
  const subnet = cidrRanges(network.addressPrefixes);
  const effective: EffectiveRule[] = [];
  let denied: Denied = { everything: false, ranges: [], tags: [] };
  for (const rule of inbound) {
    if (rule.access === "Deny") denied = isForWholeSubnet(rule, subnet) ? deny(denied, sourcesOf(rule)) : denied;
    else if (mayReachSubnet(rule, subnet)) {
      const left = remaining(rule, denied);
      if (left.tags.length + left.ranges.length + left.ipv6.length > 0 || left.hasGroups) effective.push(left);
    }
  }
  return effective;
}

/** The sources that are neither approved nor inside the virtual network, as text. */
export function unapprovedSources(
  { ranges, tags, ipv6 }: EffectiveRule,
  network: DelegatedNetwork,
  approved: readonly string[],
): readonly string[] {
  const approvedTags = approved.map((source) => source.toLowerCase());
  const known = [...cidrRanges(approved), ...cidrRanges(network.addressPrefixes)];
  return [
    // The Internet as a whole is nobody's to approve.
    ...tags.filter((tag) => tag === "internet").map(() => "the whole Internet"),
    ...tags.filter((tag) => !allTags.includes(tag) && !approvedTags.includes(tag)),
    ...subtract(ranges, known).map(rangeText),
    ...ipv6.filter((source) => !approved.some((outer) => containsIpv6(outer, source))),
  ];
}

function remaining(rule: SecurityRule, denied: Denied): EffectiveRule {
  const hasGroups =
    rule.sourceApplicationSecurityGroups.length > 0 && !denied.everything && !isDenied("virtualnetwork", denied);
  if (denied.everything) return { rule, ranges: [], tags: [], ipv6: [], hasGroups };
  const { ranges, tags, ipv6 } = sourcesOf(rule);
  return {
    rule,
    ranges: subtract(ranges, [...denied.ranges, ...(denied.tags.includes("internet") ? internetRanges : [])]),
    tags: tags.filter((tag) => !isDenied(tag, denied)),
    ipv6: denied.tags.includes("internet") ? [] : ipv6,
    hasGroups,
  };
}

function isDenied(tag: string, { tags }: Denied): boolean {
  if (tags.includes(tag)) return true;
  // Tags of services are public addresses of Azure, which the Internet includes.
  return tags.includes("internet") && tag !== "virtualnetwork" && tag !== "azureloadbalancer";
}

function deny(before: Denied, sources: Sources): Denied {
  const ranges = union([...before.ranges, ...sources.ranges]);
  return {
    everything: before.everything || sources.everything || covers(ranges, wholeIpv4),
    ranges,
    tags: [...before.tags, ...sources.tags],
  };
}

function sourcesOf({ sources }: SecurityRule): Sources {
  const names = sources.map((source) => source.trim().toLowerCase());
  const everything = names.some((name) => ["*", "any", "0.0.0.0/0"].includes(name));
  const tags = names.filter((name) => name !== "*" && name !== "any" && !isAddress(name));
  return {
    everything,
    ranges: everything ? [] : union(cidrRanges(names)),
    tags: [...new Set([...(everything || names.includes("::/0") ? allTags : []), ...tags])],
    ipv6: everything ? [] : names.filter((name) => name !== "::/0" && isAddress(name) && cidrRange(name) === undefined),
  };
}

function isAddress(text: string): boolean {
  return ipaddr.isValid(text) || ipaddr.isValidCIDR(text);
}

function isTcp({ protocol }: SecurityRule): boolean {
  return protocol === "*" || ["tcp", "any"].includes(protocol.toLowerCase());
}

function reachesPort({ destinationPorts }: SecurityRule, port: number): boolean {
  return destinationPorts.some((text) => {
    if (text.trim() === "*") return true;
    const [first = "", last = first] = text.split("-");
    return Number(first) <= port && port <= Number(last);
  });
}

/** For Allow: anything but addresses that lie elsewhere. A destination group has no address to compare. */
function mayReachSubnet({ destinations }: SecurityRule, subnet: readonly AddressRange[]): boolean {
  if (destinations.length === 0) return true;
  return destinations.some((destination) => {
    const range = cidrRange(destination);
    return range === undefined || subnet.length === 0 || subnet.some((prefix) => overlaps(prefix, range));
  });
}

/** For Deny: only what surely is all of the subnet. */
function isForWholeSubnet({ destinations }: SecurityRule, subnet: readonly AddressRange[]): boolean {
  if (destinations.some((name) => ["*", "any", "virtualnetwork"].includes(name.trim().toLowerCase()))) return true;
  const ranges = cidrRanges(destinations);
  return subnet.length > 0 && subnet.every((prefix) => covers(ranges, prefix));
}

function containsIpv6(outer: string, inner: string): boolean {
  if (!isAddress(outer) || !isAddress(inner)) return false;
  const [network, length] = networkOf(outer);
  const [address, innerLength] = networkOf(inner);
  if (network.kind() !== "ipv6" || address.kind() !== "ipv6") return false;
  return length <= innerLength && address.match(network, length);
}

function networkOf(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  const address = ipaddr.parse(text);
  return [address, address.kind() === "ipv6" ? 128 : 32];
}
