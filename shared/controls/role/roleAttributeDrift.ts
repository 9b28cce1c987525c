import { defineControl } from "../control.ts";
import { causeKind, driftVerdicts } from "./driftVerdicts.ts";

export const roleAttributeDrift = defineControl({
  meta: {
    id: "role-attribute-drift",
    title: "Role attributes equal the baseline",
    severity: "high",
    requires: ["roles"],
    appliesTo: ["baselineInForce"],
    frameworks: {
      published: { cisPostgresql: ["4.3"] },
      proposed: {
        mcsb: ["PV-2"],
        nist80053r5: ["CM-3", "CM-6"],
        pciDss401: ["7.2.4"],
        iso27001_2022: ["A.8.9"],
      },
    },
    rationale:
      "An attribute is a power that no grant shows, and the end of a password, a connection limit or who a role stands for in Entra are changed by one statement that leaves the role's name as it was.",
    remediation: {
      cli: 'pgwarden baseline approve --server <server> --reason "<why the change is right>"',
      sql: `-- The attribute of the message, back to what the baseline says.
alter role "<role>" nocreaterole nocreatedb noreplication nobypassrls;`,
    },
  },

  evaluate(_evidence, _policy, { baselineDrift }) {
    return driftVerdicts(baselineDrift, {
      isOwn: (drift) => causeKind(drift) === "role" && drift.change === "changed",
      parts: ["roles"],
      equal: { subject: "server", message: "No role differs from the baseline." },
    });
  },
});
