import { administratorRole } from "../../access/privilegedReach.ts";
import { defineDatabaseControl, fail, pass, subjectOf } from "../control.ts";
import { objectsText, ownedObjects } from "../priv/applicationObjects.ts";
import { administratorNames } from "./administrators.ts";

export const roleAdminOwnsObjects = defineDatabaseControl({
  meta: {
    id: "role-admin-owns-objects",
    title: "Administrators own no application objects",
    severity: "medium",
    requires: ["roles", "memberships", "context"],
    mayRead: ["server"],
    requiresInDatabase: ["acls"],
    frameworks: {
      proposed: {
        mcsb: ["PA-7"],
        nist80053r5: ["AC-6", "CM-5"],
        pciDss401: ["7.2.2"],
        iso27001_2022: ["A.8.2"],
      },
    },
    rationale:
      "An application that changes its own tables then needs an administrator's login, views and functions run with an administrator's rights, and the administrator cannot be dropped without the application.",
    remediation: {
      sql: `-- In each database of a finding; the new owner cannot log in.
reassign owned by "<administrator>" to "<owner>";`,
    },
  },

  evaluateDatabase({ roles, memberships, context, server, acls }, _policy, { database }) {
    if (!roles.some(({ name }) => name === administratorRole)) return [];
    const administrators = administratorNames({ roles, memberships, context, server });
    const owned = [...ownedObjects(acls)].filter(([owner]) => administrators.has(owner));
    if (owned.length === 0)
      return [pass(subjectOf("database", database), `No administrator owns objects of database ${database}.`)];
    return owned.map(([owner, groups]) =>
      fail(
        subjectOf("role", database, owner),
        `Administrator ${owner} owns ${objectsText(groups)} of database ${database}.`,
      ),
    );
  },
});
