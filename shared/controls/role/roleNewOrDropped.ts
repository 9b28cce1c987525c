import { defineControl } from "../control.ts";
import { causeKind, driftVerdicts } from "./driftVerdicts.ts";

export const roleNewOrDropped = defineControl({
  meta: {
    id: "role-new-or-dropped",
    title: "No unapproved role appears or vanishes",
    severity: "high",
    requires: ["roles"],
    appliesTo: ["baselineInForce"],
    frameworks: {
      published: { cisPostgresql: ["4.4"] },
      proposed: {
        mcsb: ["PV-2", "PA-3"],
        nist80053r5: ["AC-2(4)", "CM-3"],
        pciDss401: ["8.2.4", "8.2.5"],
        iso27001_2022: ["A.5.16", "A.5.18"],
      },
    },
    rationale:
      "A role that nobody approved is a way in that nobody watches; one that vanished takes its grants along, and whoever makes it again under the same name decides what it can do.",
    remediation: {
      cli: 'pgwarden baseline approve --server <server> --reason "<why the change is right>"',
      sql: `-- A role that came. In every database where it owns something or was granted something:
reassign owned by "<role>" to "<owner>";
drop owned by "<role>";
-- Then once:
drop role "<role>";`,
    },
  },

  evaluate(_evidence, _policy, { baselineDrift }) {
    return driftVerdicts(baselineDrift, {
      isOwn: (drift) => causeKind(drift) === "role" && drift.change !== "changed",
      parts: ["roles"],
      equal: { subject: "server", message: "The same roles exist as in the baseline." },
    });
  },
});
