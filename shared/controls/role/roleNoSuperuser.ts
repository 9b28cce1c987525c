import { defineControl } from "../control.ts";
import { judgeHolders } from "./attributeHolders.ts";
import { isPlatformRole } from "./platformRoles.ts";

export const roleNoSuperuser = defineControl({
  meta: {
    id: "role-no-superuser",
    title: "Only platform roles are superuser",
    severity: "critical",
    requires: ["roles"],
    frameworks: {
      published: { cisPostgresql: ["4.3", "o:4.2"] },
      proposed: { mcsb: ["PA-1", "PA-7"], nist80053r5: ["AC-6(5)"], pciDss401: ["7.2.2"], iso27001_2022: ["A.8.2"] },
    },
    rationale:
      "A superuser passes every check of the server: grants, row-level security and audit settings. The service keeps the attribute for itself, so any other holder got it past the service.",
    remediation: {
      sql: `-- Only a superuser may run this: on the managed service, open a support request.
alter role "<role>" nosuperuser;`,
    },
  },

  evaluate({ roles }) {
    return judgeHolders(roles, { name: "superuser", keyword: "SUPERUSER" }, ({ name }) =>
      isPlatformRole(name) ? "it is a role of the platform" : undefined,
    );
  },
});
