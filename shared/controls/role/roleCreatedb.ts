import { defineControl } from "../control.ts";
import { approvedBy, judgeHolders, unlessAdministrator } from "./attributeHolders.ts";
import { birthright } from "./birthrights.ts";

export const roleCreatedb = defineControl({
  meta: {
    id: "role-createdb",
    title: "CREATEDB only where approved",
    severity: "medium",
    requires: ["roles"],
    mayRead: ["server", "entraAdministrators"],
    frameworks: {
      published: { cisPostgresql: ["4.3", "o:4.2"] },
      proposed: { mcsb: ["PA-7"], nist80053r5: ["AC-6"], pciDss401: ["7.2.2"], iso27001_2022: ["A.8.2"] },
    },
    rationale:
      "An owner of a new database decides alone who connects, what is installed there and how much disk it takes, outside what was reviewed.",
    remediation: { sql: `alter role "<role>" nocreatedb;` },
  },

  evaluate({ roles, ...birth }, policy) {
    const verdicts = judgeHolders(
      roles,
      { name: "createDb", keyword: "CREATEDB" },
      (role) => birthright(role, birth) ?? approvedBy(policy.roles.approvedCreateDb, role.name),
    );
    return unlessAdministrator(verdicts, birth.server);
  },
});
