import { defineControl } from "../control.ts";
import { approvedBy, judgeHolders, unlessAdministrator } from "./attributeHolders.ts";
import { birthright } from "./birthrights.ts";

export const roleCreaterole = defineControl({
  meta: {
    id: "role-createrole",
    title: "CREATEROLE only where approved",
    severity: "high",
    requires: ["roles"],
    mayRead: ["server", "entraAdministrators"],
    frameworks: {
      published: { cisPostgresql: ["4.3", "o:4.2"] },
      proposed: { mcsb: ["PA-7"], nist80053r5: ["AC-6", "AC-2"], pciDss401: ["7.2.2"], iso27001_2022: ["A.8.2"] },
    },
    rationale:
      "Who may create roles may hand out what those roles have; before PostgreSQL 16 this attribute grants itself any role but a superuser's.",
    remediation: { sql: `alter role "<role>" nocreaterole;` },
  },

  evaluate({ roles, ...birth }, policy) {
    const verdicts = judgeHolders(
      roles,
      { name: "createRole", keyword: "CREATEROLE" },
      (role) => birthright(role, birth) ?? approvedBy(policy.roles.approvedCreateRole, role.name),
    );
    return unlessAdministrator(verdicts, birth.server);
  },
});
