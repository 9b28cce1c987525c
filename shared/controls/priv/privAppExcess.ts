import type { AclGroup, ObjectKind } from "../../model/databaseEvidence.ts";
import { defineDatabaseControl, pass, subjectOf } from "../control.ts";
import { isApplicationGroup } from "./applicationObjects.ts";
import { type Excess, excessVerdicts } from "./excess.ts";
import { grantedTo, heldRoles } from "./heldRoles.ts";
import { lettersOf } from "./privilegeNames.ts";

type Profile = "ro" | "rw";

/** The letters that a profile may hold; a kind that is not listed is not judged. */
const allowed: Readonly<Record<Profile, Readonly<Partial<Record<ObjectKind, string>>>>> = {
  ro: {
    schema: "U",
    table: "r",
    view: "r",
    matview: "r",
    foreign_table: "r",
    column: "r",
    sequence: "r",
    large_object: "r",
  },
  rw: {
    schema: "U",
    table: "rawd",
    view: "rawd",
    matview: "r",
    foreign_table: "rawd",
    column: "raw",
    sequence: "rwU",
    large_object: "rw",
  },
};

/** What an owner can do without a grant. */
const ofOwner: Readonly<Partial<Record<ObjectKind, string>>> = {
  schema: "UC",
  table: "arwdDxt",
  view: "arwdDxt",
  matview: "arwdDxt",
  foreign_table: "arwdDxt",
  sequence: "rwU",
  large_object: "rw",
};

export const privAppExcess = defineDatabaseControl({
  meta: {
    id: "priv-app-excess",
    title: "Application roles hold only their declared verbs",
    severity: "medium",
    requires: ["memberships"],
    requiresInDatabase: ["acls"],
    appliesTo: ["roleProfilesListed"],
    frameworks: {
      published: { cisPostgresql: ["4.6", "o:4.4"] },
      proposed: { mcsb: ["PA-7"], nist80053r5: ["AC-6"], pciDss401: ["7.2.5"], iso27001_2022: ["A.8.3"] },
    },
    rationale:
      "GRANT ALL gives an application that reads and writes rows also TRUNCATE, which asks no policy, REFERENCES and TRIGGER, by which it sees or changes what others write. What is not needed is there for whoever takes the login over.",
    remediation: {
      sql: `-- For a relation of the message; from the group that holds it, where the role only inherits it.
revoke all on "<schema>"."<relation>" from "<role>" cascade;
grant select on "<schema>"."<relation>" to "<role>";
-- A role that writes gets insert, update and delete again as well.`,
    },
  },

  evaluateDatabase({ acls, memberships }, { privileges: { roleProfiles } }, { database }) {
    const granted = grantedTo(memberships);
    const own = acls.filter(isApplicationGroup);
    return roleProfiles.flatMap(({ role, profile }) => {
      if (profile === "owner") return [];
      const held = heldRoles(role, granted);
      const excess = own.flatMap((group) => excessOf(group, role, held, profile));
      if (excess.length === 0)
        return [
          pass(
            subjectOf("role", database, role),
            `Role ${role} holds in database ${database} what profile ${profile} allows.`,
          ),
        ];
      return excessVerdicts(excess, {
        database,
        namesHolder: true,
        begin: () => `Role ${role} has profile ${profile} and holds`,
      });
    });
  },
});

/** What the role can use, itself or as a role it may act as. PUBLIC's grants are judged by controls of their own. */
function excessOf(group: AclGroup, role: string, held: ReadonlySet<string>, profile: Profile): readonly Excess[] {
  const allows = allowed[profile][group.kind];
  if (allows === undefined) return [];
  const granted = group.grants.flatMap(({ grantee, privileges }) =>
    grantee !== null && held.has(grantee) ? lettersOf(privileges) : [],
  );
  const owned = held.has(group.owner) ? lettersOf(ofOwner[group.kind] ?? "") : [];
  const letters = [...granted, ...owned].filter((letter) => !allows.includes(letter));
  return letters.length === 0 ? [] : [{ group, objects: group.objects, holder: role, letters }];
}
