import { defineDatabaseControl, pass, subjectOf, verdict } from "../control.ts";
import { objectsText, ownedObjects } from "../priv/applicationObjects.ts";
import { isPlatformRole } from "./platformRoles.ts";

export const roleOwnerIsLogin = defineDatabaseControl({
  meta: {
    id: "role-owner-is-login",
    title: "Object owners cannot log in",
    severity: "medium",
    requires: ["roles"],
    requiresInDatabase: ["acls"],
    appliesTo: ["ownerSplitAsked"],
    frameworks: {
      published: { cisPostgresql: ["4.3"] },
      proposed: {
        mcsb: ["PA-7"],
        nist80053r5: ["AC-5", "AC-6"],
        pciDss401: ["7.2.2", "6.5.3"],
        iso27001_2022: ["A.5.3", "A.8.2"],
      },
    },
    rationale:
      "An owner may drop its tables, switch their row security off and grant them to anybody. A login that serves requests needs none of that; deployments can SET ROLE to an owner that nobody logs in as.",
    remediation: {
      sql: `-- In each database of a finding; "<owner>" is a role without LOGIN.
reassign owned by "<login>" to "<owner>";
grant select, insert, update, delete on all tables in schema "<schema>" to "<login>";`,
    },
  },

  evaluateDatabase({ roles, acls }, _policy, { database }) {
    const logins = new Set(roles.filter(({ canLogIn }) => canLogIn).map(({ name }) => name));
    const owned = [...ownedObjects(acls)].filter(([owner]) => !isPlatformRole(owner));
    if (owned.length === 0)
      return [pass(subjectOf("database", database), `Database ${database} has no objects of an application.`)];
    return owned.map(([owner, groups]) => {
      const isLogin = logins.has(owner);
      const may = isLogin ? "can log in" : "cannot log in";
      const message = `Role ${owner} owns ${objectsText(groups)} of database ${database} and ${may}.`;
      return verdict(subjectOf("role", database, owner), !isLogin, message);
    });
  },
});
