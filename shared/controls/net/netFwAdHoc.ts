import type { FirewallRule } from "../../model/armEvidence.ts";
import type { History } from "../../model/finding.ts";
import { defineControl, fail, pass } from "../control.ts";
import { deleteRule, ruleSubject, ruleText } from "./firewallRules.ts";

const dayMs = 24 * 60 * 60 * 1000;
/** Names that the portal and the command line make up. */
const adHocName = /^(ClientIPAddress_|FirewallIPAddress_|AllowAll)/i;
/** `ClientIPAddress_2026-11-2_9-5-33`: no leading zeros are needed. */
const dateInName = /_(\d{4})-(\d{1,2})-(\d{1,2})(?:_(\d{1,2})-(\d{1,2})-(\d{1,2}))?/;

export const netFwAdHoc = defineControl({
  meta: {
    id: "net-fw-ad-hoc",
    title: "No portal-made ad-hoc rule outlives its purpose",
    severity: "medium",
    requires: ["firewallRules"],
    appliesTo: ["publicModel"],
    frameworks: {
      proposed: { mcsb: ["NS-2"], nist80053r5: ["CM-3"], pciDss401: ["1.2.7"], iso27001_2022: ["A.8.20"] },
    },
    rationale:
      "One click in the portal admits the address of the day. Next week that address belongs to someone else, and the rule is still there.",
    remediation: deleteRule,
  },

  evaluate({ firewallRules }, { firewall: { adHocDays } }, { takenAt, history }) {
    return firewallRules.map((rule) => {
      if (!adHocName.test(rule.name))
        return pass(ruleSubject(rule), `${ruleText(rule)} has a name that someone chose.`);
      const ageDays = (Date.parse(takenAt) - firstSeen(rule, history, takenAt)) / dayMs;
      const message = `${ruleText(rule)} was made ad hoc and is ${Math.floor(ageDays)} days old; the limit is ${adHocDays}.`;
      return ageDays > adHocDays ? fail(ruleSubject(rule), message) : pass(ruleSubject(rule), message);
    });
  },
});

/** Milliseconds since the epoch: when the rule was first seen, or the date in its name when that is earlier. */
function firstSeen({ name, first, last }: FirewallRule, { firewallRules }: History, takenAt: string): number {
  const seen = firewallRules[`${name} ${first} ${last}`];
  return Math.min(seen === undefined ? Date.parse(takenAt) : Date.parse(seen), madeAt(name) ?? Infinity);
}

function madeAt(name: string): number | undefined {
  const match = dateInName.exec(name);
  if (match === null) return undefined;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part || "0"));
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
