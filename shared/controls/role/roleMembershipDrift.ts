import { defineControl } from "../control.ts";
import { causeKind, driftVerdicts } from "./driftVerdicts.ts";

export const roleMembershipDrift = defineControl({
  meta: {
    id: "role-membership-drift",
    title: "Membership graph equals the baseline",
    severity: "high",
    requires: ["memberships", "roles"],
    appliesTo: ["baselineInForce"],
    frameworks: {
      published: { cisPostgresql: ["4.3"] },
      proposed: {
        mcsb: ["PV-2", "PA-4"],
        nist80053r5: ["CM-3", "CM-6", "AC-2"],
        pciDss401: ["7.2.4", "11.5.2"],
        iso27001_2022: ["A.8.9", "A.5.18"],
      },
    },
    rationale:
      "One edge between two roles can change what thousands of logins may do, while every grant on every object stays as it was approved.",
    remediation: {
      cli: 'pgwarden baseline approve --server <server> --reason "<why the change is right>"',
      sql: `-- A membership that came; one that went is granted again with the options of the message.
revoke "<role>" from "<member>" granted by "<grantor>" cascade;`,
    },
  },

  // A membership that came or went with its role is an effect of that role: role-new-or-dropped tells it.
  evaluate(_evidence, _policy, { baselineDrift }) {
    return driftVerdicts(baselineDrift, {
      isOwn: (drift) => causeKind(drift) === "membership",
      parts: ["memberships"],
      equal: { subject: "server", message: "No membership differs from the baseline." },
    });
  },
});
