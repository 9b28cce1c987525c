import type { DatabaseFacts } from "../../model/databaseEvidence.ts";
import { defineControl, subjectOf, unknownWithout, verdict } from "../control.ts";
import { lettersOf, privilegeText } from "./privilegeNames.ts";
import { isApplicationDatabase } from "./applicationDatabases.ts";

export const privPublicConnect = defineControl({
  meta: {
    id: "priv-public-connect",
    title: "PUBLIC cannot CONNECT or TEMP",
    severity: "medium",
    requires: ["databases", "sharedAcls"],
    frameworks: {
      published: { cisPostgresql: ["4.6"] },
      proposed: {
        mcsb: ["PA-7"],
        nist80053r5: ["AC-3", "AC-6"],
        pciDss401: ["7.2.1", "7.3.3"],
        iso27001_2022: ["A.8.3"],
      },
    },
    rationale:
      "A new database lets every login of the server in and make temporary tables. A login that was stolen from one application then sees the structure of all others and can fill the disk they share.",
    remediation: {
      sql: `grant connect, temporary on database "<database>" to "<role that uses it>";
revoke all on database "<database>" from public;`,
    },
  },

  evaluate({ databases, sharedAcls }) {
    const groups = sharedAcls.filter(({ kind }) => kind === "database");
    return databases.filter(isApplicationDatabase).map(({ name }: DatabaseFacts) => {
      const subject = subjectOf("database", name);
      const group = groups.find(({ objects }) => objects.includes(name));
      if (group === undefined) return unknownWithout(subject, "sharedAcls", `it lacks database ${name}.`);
      const letters = group.grants.flatMap(({ grantee, privileges }) =>
        grantee === null ? lettersOf(privileges) : [],
      );
      const what = letters.length === 0 ? "nothing" : privilegeText(letters);
      return verdict(subject, letters.length === 0, `PUBLIC has ${what} on database ${name}.`);
    });
  },
});
