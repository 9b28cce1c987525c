import { defineDatabaseControl, subjectOf, verdict } from "../control.ts";
import { objectsText, ownedObjects } from "../priv/applicationObjects.ts";
import { pairDifferences } from "./pairDifferences.ts";

export const rotAlternatePair = defineDatabaseControl({
  meta: {
    id: "rot-alternate-pair",
    title: "Both roles of an alternating pair are equivalent",
    severity: "medium",
    requires: ["credentials", "roles", "memberships", "roleSettings", "context", "databases"],
    requiresInDatabase: ["acls"],
    frameworks: {
      proposed: {
        mcsb: ["IM-8"],
        nist80053r5: ["IA-5", "CM-6"],
        pciDss401: ["8.6.3"],
        iso27001_2022: ["A.5.17"],
      },
    },
    rationale:
      "With each rotation the application becomes the other role. A right, a setting or a table that only one of them has is an outage that waits for the next turn; objects belong to a role that neither of them is, and both act as that role.",
    remediation: {
      cli: `pgwarden credentials init <credential>`,
      sql: `-- In each database of a finding; "<owner>" cannot log in, and both roles act as it.
grant "<owner>" to "<role>";
reassign owned by "<role>" to "<owner>";
alter role "<role>" set role = "<owner>";`,
    },
  },

  evaluateDatabase({ credentials, roles, memberships, roleSettings, context, databases, acls }, _policy, { database }) {
    const owned = ownedObjects(acls);
    return credentials
      .filter(({ strategy }) => strategy === "alternating")
      .map((credential) => {
        const { name, owner } = credential;
        // Roles are of the whole server: where they differ is told once, where the application works.
        const works = databases.some((one) => one.name === credential.database && one.connectable && !one.excluded);
        const isHome = database === (works ? credential.database : context[0]?.database);
        const differences = isHome
          ? pairDifferences(credential.roles, owner, { roles, memberships, roleSettings })
          : [];
        const objects = credential.roles.flatMap((role) => {
          const groups = owned.get(role);
          return groups === undefined ? [] : [`${role} owns ${objectsText(groups)}`];
        });
        const faults = [...differences, ...objects];
        const pair = `Roles ${credential.roles.join(" and ")} of credential ${name}`;
        const found = faults.length === 0 ? "are equivalent" : `are not equivalent: ${faults.join("; ")}`;
        return verdict(subjectOf("credential", database, name), faults.length === 0, `${pair} ${found}.`);
      });
  },
});
