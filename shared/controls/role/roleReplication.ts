import { privilegeText, lettersOf } from "../priv/privilegeNames.ts";
import { firstOf, isApplicationGroup, objectText } from "../priv/applicationObjects.ts";
import { grantedTo, heldRoles } from "../priv/heldRoles.ts";
import { defineSplitControl, subjectOf, verdict } from "../control.ts";
import { approvedBy, judgeHolders } from "./attributeHolders.ts";
import { isPlatformRole } from "./platformRoles.ts";

export const roleReplication = defineSplitControl({
  meta: {
    id: "role-replication",
    title: "REPLICATION only on a dedicated replication role",
    severity: "high",
    requires: ["roles", "memberships"],
    requiresInDatabase: ["acls"],
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
      "A replication connection reads every change of every table, whatever is granted, and its slots can hold back disk space until the server stops. Neither an administrator nor an application needs it, so a role that also has privileges on tables is no dedicated one; the first copy of a subscription needs SELECT, and only until it is done.",
    remediation: {
      sql: `alter role "<role>" noreplication;
-- Or keep it and take the tables away, in each database of a finding:
revoke all on all tables in schema "<schema>" from "<role>";`,
    },
  },

  evaluate({ roles }, policy) {
    return judgeHolders(roles, { name: "replication", keyword: "REPLICATION" }, ({ name }) =>
      isPlatformRole(name) ? "it is a role of the platform" : approvedBy(policy.roles.approvedReplication, name),
    );
  },

  evaluateDatabase({ roles, memberships, acls }, _policy, { database }) {
    const granted = grantedTo(memberships);
    const tables = acls.filter((group) => group.kind === "table" && isApplicationGroup(group));
    return roles
      .filter(({ name, replication }) => replication && !isPlatformRole(name))
      .map(({ name }) => {
        const held = heldRoles(name, granted);
        const found = tables.flatMap((group) => {
          const letters = group.grants.flatMap(({ grantee, privileges }) =>
            grantee !== null && held.has(grantee) ? lettersOf(privileges) : [],
          );
          return letters.length === 0 ? [] : group.objects.map((object) => ({ group, object, letters }));
        });
        const privileges = privilegeText(found.flatMap(({ letters }) => letters));
        const objects = firstOf(found.map(({ group, object }) => objectText(group, object)));
        const message =
          found.length === 0
            ? `Role ${name} has REPLICATION and no privilege on a table of database ${database}.`
            : `Role ${name} has REPLICATION and also ${privileges} on ${objects} of database ${database}.`;
        return verdict(subjectOf("role", database, name), found.length === 0, message);
      });
  },
});
