import { defineDatabaseControl, fail, pass, subjectOf } from "../control.ts";
import { isPlatformRole } from "../role/platformRoles.ts";
import { isUsableLogin } from "../role/usableLogin.ts";
import { applicationLogins, judgeLogins, loginsActingAs } from "./applicationLogins.ts";

export const rlsForce = defineDatabaseControl({
  meta: {
    id: "rls-force",
    title: "Owners that applications can act as are bound by their own policies",
    severity: "high",
    requires: ["roles", "memberships", "context"],
    mayRead: ["server", "entraAdministrators"],
    requiresInDatabase: ["protectedTables"],
    frameworks: {
      published: { cisPostgresql: ["4.7"] },
      proposed: { mcsb: ["DP-2"], nist80053r5: ["AC-3", "AC-6"], pciDss401: ["7.2.6"], iso27001_2022: ["A.8.3"] },
    },
    rationale:
      "Policies do not hold for the owner of the table. An application that logs in as the owner, or is a member of it, reads and writes every row, while all definitions look right.",
    remediation: {
      sql: `alter table "<schema>"."<table>" force row level security;
-- Better still: an owner that nobody logs in as, and that no application is a member of.`,
    },
  },

  evaluateDatabase({ protectedTables, ...evidence }, policy, { database, takenAt }) {
    const judged = protectedTables.filter(({ enabled }) => enabled);
    if (judged.length === 0)
      return [pass(subjectOf("database", database), `No table of database ${database} has row security on.`)];
    const logins = applicationLogins(evidence, policy, takenAt);
    const ownLogins = new Set(
      evidence.roles
        .filter((role) => isUsableLogin(role, takenAt) && !isPlatformRole(role.name) && !role.superuser)
        .map(({ name }) => name),
    );

    // Owners are few, tables may be many.
    const owners = [...new Set(judged.map(({ owner }) => owner))];
    const actingAs = new Map(owners.map((owner) => [owner, loginsActingAs(logins, owner)]));
    return judged.map(({ schema, table, owner, forced }) => {
      const subject = subjectOf("table", database, schema, table);
      const fact = `Table ${schema}.${table} of database ${database} is owned by ${owner}`;
      if (forced) return pass(subject, `${fact}, whom FORCE binds to the policies.`);
      if (ownLogins.has(owner))
        return fail(subject, `${fact}, who logs in and whom the policies do not bind without FORCE.`);
      return judgeLogins(subject, actingAs.get(owner) ?? [], logins, {
        passes: `${fact}, whom no application can act as.`,
        fails: (names) =>
          `${fact}, whom the policies do not bind without FORCE, and these can act as the owner: ${names}.`,
      });
    });
  },
});
