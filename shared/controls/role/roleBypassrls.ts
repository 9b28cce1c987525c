import { defineControl } from "../control.ts";
import { approvedBy, judgeHolders, unlessAdministrator } from "./attributeHolders.ts";
import { birthright } from "./birthrights.ts";

export const roleBypassrls = defineControl({
  meta: {
    id: "role-bypassrls",
    title: "BYPASSRLS only where approved",
    severity: "high",
    requires: ["roles"],
    mayRead: ["server", "entraAdministrators"],
    frameworks: {
      published: { cisPostgresql: ["4.3", "4.7", "o:4.2", "o:4.5"] },
      proposed: {
        mcsb: ["PA-7", "DP-2"],
        nist80053r5: ["AC-3", "AC-6"],
        pciDss401: ["7.2.1", "7.2.5"],
        iso27001_2022: ["A.8.2", "A.8.3"],
      },
    },
    rationale:
      "For this role no row-level policy exists, on no table. From PostgreSQL 16 on administrators can hand the attribute out, and every member with SET can use it.",
    remediation: { sql: `alter role "<role>" nobypassrls;` },
  },

  evaluate({ roles, ...birth }, policy) {
    // Administrators of 16 and later have it, to hand it on; and azure_pg_admin sees all rows in any case (roles.md §4).
    const verdicts = judgeHolders(
      roles,
      { name: "bypassRls", keyword: "BYPASSRLS" },
      (role) => birthright(role, birth) ?? approvedBy(policy.roles.approvedBypassRls, role.name),
    );
    return unlessAdministrator(verdicts, birth.server);
  },
});
