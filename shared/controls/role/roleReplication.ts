import { defineControl } from "../control.ts";
import { approvedBy, judgeHolders } from "./attributeHolders.ts";
import { isPlatformRole } from "./platformRoles.ts";

export const roleReplication = defineControl({
  meta: {
    id: "role-replication",
    title: "REPLICATION only on a dedicated replication role",
    severity: "high",
    requires: ["roles"],
    frameworks: {
      published: { cisPostgresql: ["4.3", "7.1"] },
      proposed: {
        mcsb: ["PA-7", "DP-2"],
        nist80053r5: ["AC-6", "SC-4"],
        pciDss401: ["7.2.5"],
        iso27001_2022: ["A.8.2", "A.8.12"],
      },
    },
    rationale:
      "A replication connection reads every change of every table, whatever is granted, and its slots can hold back disk space until the server stops. Neither an administrator nor an application needs it.",
    remediation: { sql: `alter role "<role>" noreplication;` },
  },

  evaluate({ roles }, policy) {
    return judgeHolders(roles, { name: "replication", keyword: "REPLICATION" }, ({ name }) =>
      isPlatformRole(name) ? "it is a role of the platform" : approvedBy(policy.roles.approvedReplication, name),
    );
  },
});
