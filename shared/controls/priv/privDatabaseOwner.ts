import { defineControl, fail, pass, subjectOf } from "../control.ts";
import { isPlatformRole } from "../role/platformRoles.ts";
import { isApplicationDatabase } from "./applicationDatabases.ts";

export const privDatabaseOwner = defineControl({
  meta: {
    id: "priv-database-owner",
    title: "Database owners are approved and cannot log in",
    severity: "low",
    requires: ["databases", "roles"],
    frameworks: {
      proposed: { mcsb: ["PA-7"], nist80053r5: ["AC-6"], pciDss401: ["7.2.2"], iso27001_2022: ["A.8.2"] },
    },
    rationale:
      "The owner of a database may drop it, let anybody in, make trusted extensions and, from PostgreSQL 14 on, is a member of pg_database_owner with all that was granted to it. As a login it does so with one stolen password.",
    remediation: {
      sql: `-- The owner cannot log in, and stands in policy.privileges.approvedDatabaseOwners.
create role "<owner>" nologin;
alter database "<database>" owner to "<owner>";`,
    },
  },

  evaluate({ databases, roles }, { privileges: { approvedDatabaseOwners } }) {
    const logins = new Set(roles.filter(({ canLogIn }) => canLogIn).map(({ name }) => name));
    return databases.filter(isApplicationDatabase).map(({ name, owner }) => {
      const subject = subjectOf("database", name);
      const fact = `Database ${name} belongs to ${owner}`;
      if (isPlatformRole(owner)) return pass(subject, `${fact}, a role of the platform.`);
      const faults = [
        ...(approvedDatabaseOwners.includes(owner) ? [] : ["no approval names it"]),
        ...(logins.has(owner) ? ["it can log in"] : []),
      ];
      if (faults.length > 0) return fail(subject, `${fact}: ${faults.join(", and ")}.`);
      return pass(subject, `${fact}, which the policy approves and which cannot log in.`);
    });
  },
});
