import { defineControl, fail, pass } from "../control.ts";
import type { AddressRange } from "./firewallRange.ts";
import { addressNumber, cidrRanges, overlaps, rangeOf, rangeText } from "./firewallRange.ts";
import { isAzureServicesRule, narrowRule, ruleSubject, ruleText } from "./firewallRules.ts";

interface Meaningless {
  readonly kind: string;
  readonly ranges: readonly AddressRange[];
}

/** Addresses that no client on the Internet can come from (IANA special-purpose registry). */
const meaningless: readonly Meaningless[] = [
  { kind: "this network", ranges: cidrRanges(["0.0.0.0/8"]) },
  { kind: "private", ranges: cidrRanges(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]) },
  { kind: "carrier-grade NAT", ranges: cidrRanges(["100.64.0.0/10"]) },
  { kind: "loop-back", ranges: cidrRanges(["127.0.0.0/8"]) },
  { kind: "link-local", ranges: cidrRanges(["169.254.0.0/16"]) },
  { kind: "documentation", ranges: cidrRanges(["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"]) },
  { kind: "benchmark", ranges: cidrRanges(["198.18.0.0/15"]) },
  { kind: "multicast", ranges: cidrRanges(["224.0.0.0/4"]) },
  { kind: "reserved", ranges: cidrRanges(["240.0.0.0/4"]) },
];

export const netFwSaneRanges = defineControl({
  meta: {
    id: "net-fw-sane-ranges",
    title: "No malformed or meaningless range",
    severity: "low",
    requires: ["firewallRules"],
    appliesTo: ["publicModel"],
    frameworks: {
      proposed: { mcsb: ["NS-2"], nist80053r5: ["CM-6"], pciDss401: ["1.2.5"], iso27001_2022: ["A.8.20"] },
    },
    rationale:
      "Private addresses never reach a public endpoint, so a rule that names them does not do what its author believes; such a mistake hides among rules that work.",
    remediation: narrowRule,
  },

  evaluate({ firewallRules }) {
    return firewallRules.map((rule) => {
      const subject = ruleSubject(rule);
      // Special, not meaningless; net-fw-no-azure-services judges it.
      if (isAzureServicesRule(rule)) return pass(subject, `${ruleText(rule)} stands for all Azure services.`);
      const malformed = [rule.first, rule.last].find((address) => addressNumber(address) === undefined);
      if (malformed !== undefined)
        return fail(subject, `${ruleText(rule)} names "${malformed}", which is no IPv4 address.`);
      const range = rangeOf(rule);
      if (range === undefined) return fail(subject, `${ruleText(rule)} runs backwards and admits nobody.`);
      const hits = meaningless.flatMap(({ kind, ranges }) =>
        ranges.filter((other) => overlaps(other, range)).map((other) => `${kind} (${rangeText(other)})`),
      );
      if (hits.length === 0) return pass(subject, `${ruleText(rule)} names public addresses.`);
      const shown = [...hits.slice(0, 3), ...(hits.length > 3 ? [`and ${hits.length - 3} more`] : [])].join(", ");
      return fail(subject, `${ruleText(rule)} names addresses that cannot come from the Internet: ${shown}.`);
    });
  },
});
