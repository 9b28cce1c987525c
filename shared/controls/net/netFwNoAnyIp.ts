import { defineControl, fail, pass } from "../control.ts";
import { addressCount, coverage } from "./firewallRange.ts";
import { admittedRanges, deleteRule, isAzureServicesRule, ruleName } from "./firewallRules.ts";

/** Half of all IPv4 addresses. */
const halfTheInternet = 2 ** 31;

export const netFwNoAnyIp = defineControl({
  meta: {
    id: "net-fw-no-any-ip",
    title: "Rules never add up to the whole Internet",
    severity: "critical",
    requires: ["firewallRules"],
    appliesTo: ["publicModel"],
    frameworks: {
      published: { cisPostgresql: ["5.4"] },
      proposed: {
        mcsb: ["NS-2"],
        nist80053r5: ["AC-4", "SC-7", "SC-7(5)"],
        pciDss401: ["1.3.1", "1.4.2"],
        iso27001_2022: ["A.8.20"],
      },
    },
    rationale:
      "A server that the whole Internet may reach is found by scanners within minutes; from then on only passwords stand before the data. Two rules of half the Internet each, or 0.0.0.1 instead of 0.0.0.0, do the same.",
    remediation: deleteRule,
  },

  // One subject for all rules: it is their sum that opens the server, whichever of them is the last straw.
  evaluate({ firewallRules }) {
    const addresses = coverage(admittedRanges(firewallRules));
    if (addresses < halfTheInternet) return [pass("server", `All rules together admit ${addresses} addresses.`)];
    const widest = firewallRules
      .filter((rule) => !isAzureServicesRule(rule))
      .sort((left, right) => addressCount(right.first, right.last) - addressCount(left.first, left.last))
      .slice(0, 3)
      .map(ruleName);
    const message = `All rules together admit ${addresses} addresses; ${halfTheInternet} is half the Internet. Widest: ${widest.join(", ")}.`;
    return [fail("server", message)];
  },
});
