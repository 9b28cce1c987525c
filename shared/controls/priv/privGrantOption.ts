import type { AclGroup } from "../../model/databaseEvidence.ts";
import { defineDatabaseControl, pass, subjectOf } from "../control.ts";
import { isPlatformRole } from "../role/platformRoles.ts";
import { type Excess, excessVerdicts } from "./excess.ts";
import { grantableLetters, granteeName } from "./privilegeNames.ts";

export const privGrantOption = defineDatabaseControl({
  meta: {
    id: "priv-grant-option",
    title: "GRANT OPTION only where approved",
    severity: "medium",
    requires: ["sharedAcls"],
    requiresInDatabase: ["acls"],
    frameworks: {
      published: { cisPostgresql: ["4.6"] },
      proposed: { mcsb: ["PA-7"], nist80053r5: ["AC-6"], pciDss401: ["7.2.2"], iso27001_2022: ["A.5.18"] },
    },
    rationale:
      "Who holds a privilege with GRANT OPTION decides alone who else gets it, past the owner and past whoever reviews the owner's grants.",
    remediation: {
      sql: `-- The privilege itself stays; CASCADE takes it from those whom the holder gave it to.
revoke grant option for all on "<schema>"."<object>" from "<role>" cascade;`,
    },
  },

  evaluateDatabase({ acls, sharedAcls }, { privileges: { approvedGrantOption } }, { database }) {
    const own = sharedAcls
      .filter(({ kind, objects }) => kind === "database" && objects.includes(database))
      .map((group) => ({ ...group, objects: [database] }));
    const held = [...own, ...acls].flatMap((group) => grantable(group));
    const excess = held.filter(({ holder }) => holder === null || !approvedGrantOption.includes(holder));
    if (excess.length > 0)
      return excessVerdicts(excess, {
        database,
        namesHolder: true,
        begin: (holder) => `Role ${granteeName(holder)} may pass on`,
      });
    const who = held.length === 0 ? "Nobody" : "Nobody but approved roles";
    return [pass(subjectOf("database", database), `${who} may pass on privileges in database ${database}.`)];
  },
});

/** The owner may grant in any case, and the platform's roles are the platform's. */
function grantable(group: AclGroup): readonly Excess[] {
  return group.grants.flatMap(({ grantee, privileges }) => {
    const letters = grantableLetters(privileges);
    if (letters.length === 0 || grantee === group.owner || (grantee !== null && isPlatformRole(grantee))) return [];
    return [{ group, objects: group.objects, holder: grantee, letters }];
  });
}
