import ipaddr from "ipaddr.js";
import type { FirewallRule } from "../../model/armEvidence.ts";
import type { Verdict } from "../../model/finding.ts";
import type { Policy } from "../../model/policy.ts";
import type { Gap } from "../control.ts";
import { defineControl, fail, pass, subjectOf, unknownWithout } from "../control.ts";
import { addressNumber, cidrRanges, covers, rangeOf } from "./firewallRange.ts";
import { deleteRule, isAzureServicesRule, ruleName } from "./firewallRules.ts";

export const netProbeOutsideIn = defineControl({
  meta: {
    id: "net-probe-outside-in",
    title: "Port 5432 (and 6432) is closed to an address that is not on the list",
    severity: "high",
    requires: ["reachabilityProbes"],
    mayRead: ["firewallRules", "context"],
    appliesTo: ["publicEndpointEnabled"],
    frameworks: {
      published: { cisPostgresql: ["5.2"] },
      proposed: {
        mcsb: ["NS-2"],
        nist80053r5: ["SC-7", "CA-8"],
        pciDss401: ["11.3.1", "1.4.2"],
        iso27001_2022: ["A.8.20"],
      },
    },
    rationale:
      "A list of rules says who should get in; a connection shows who does. A port that answers although no rule names the caller means that something else is open.",
    remediation: deleteRule,
  },

  evaluate({ reachabilityProbes, firewallRules, context }, { firewall }) {
    return reachabilityProbes.flatMap(({ port, open, detail }): readonly (Verdict | Gap)[] => {
      const subject = subjectOf("port", String(port));
      if (!open) return [pass(subject, `Port ${port} is closed from where pgwarden runs (${detail}).`)];
      const address = plainAddress(context?.[0]?.clientAddress ?? null);
      if (address === null)
        return [unknownWithout(subject, "context", "the server did not say which address we come from.")];
      // Over a private endpoint or a tunnel: this is not the way in from outside.
      if (isInside(address)) return [];
      if (firewallRules === null) return [unknownWithout(subject, "firewallRules")];
      const admitting = firewallRules.filter((rule) => admits(rule, address));
      const explaining = admitting.find((rule) => isApproved(rule, firewall.approved));
      if (explaining !== undefined)
        return [pass(subject, `Port ${port} is open to ${address} by rule ${ruleName(explaining)}.`)];
      return [fail(subject, `Port ${port} is open to ${address}, ${whyNot(admitting, firewallRules)}.`)];
    });
  },
});

function whyNot(admitting: readonly FirewallRule[], rules: readonly FirewallRule[]): string {
  if (admitting.length > 0) return `only by rules that are not approved: ${admitting.map(ruleName).join(", ")}`;
  const azure = rules.find(isAzureServicesRule);
  return azure === undefined ? "which no firewall rule names" : `which only rule ${ruleName(azure)} can explain`;
}

function admits(rule: FirewallRule, address: string): boolean {
  const number = addressNumber(address);
  const range = rangeOf(rule);
  return number !== undefined && range !== undefined && range.first <= number && number <= range.last;
}

/** Without a list of approved ranges, having a rule is all that can be asked for. */
function isApproved(rule: FirewallRule, approved: Policy["firewall"]["approved"]): boolean {
  const range = rangeOf(rule);
  if (approved.length === 0 || range === undefined) return approved.length === 0;
  return covers(cidrRanges(approved.map((entry) => entry.range)), range);
}

/** Without the IPv6 form of an IPv4 address; null when the server did not tell one. */
function plainAddress(address: string | null): string | null {
  return address !== null && ipaddr.isValid(address) ? ipaddr.process(address).toString() : null;
}

function isInside(address: string): boolean {
  return ["private", "uniqueLocal", "carrierGradeNat", "loopback"].includes(ipaddr.parse(address).range());
}
