import type { Publication } from "../../model/databaseEvidence.ts";
import { defineDatabaseControl, fail, pass, subjectOf } from "../control.ts";

export const replPublications = defineDatabaseControl({
  meta: {
    id: "repl-publications",
    title: "Publications are approved, and none is for all tables",
    severity: "high",
    requires: [],
    requiresInDatabase: ["publications"],
    frameworks: {
      proposed: { mcsb: ["DP-2"], nist80053r5: ["AC-4", "AC-6"], pciDss401: ["7.2.6"], iso27001_2022: ["A.8.12"] },
    },
    rationale:
      "A publication sends rows to whoever subscribes, whatever row security says. One for all tables also sends those that will be made later, which nobody has looked at.",
    remediation: {
      sql: `drop publication "<publication>";
-- Then one that names its tables: create publication … for table …; list it in policy.replication.approvedPublications.`,
    },
  },

  evaluateDatabase({ publications }, { replication: { approvedPublications } }, { database }) {
    return publications.map((publication) => {
      const subject = subjectOf("publication", database, publication.name);
      const fact = `Publication ${publication.name} of database ${database} sends ${contentText(publication)}`;
      if (publication.allTables) return fail(subject, `${fact}, later ones included.`);
      return approvedPublications.includes(publication.name)
        ? pass(subject, `${fact}: the policy approves it.`)
        : fail(subject, `${fact}, and no approval names it.`);
    });
  },
});

function contentText({ allTables, tables, schemas }: Publication): string {
  if (allTables) return "all tables";
  const parts = [...schemas.map((schema) => `schema ${schema}`), ...tables];
  return parts.length > 3 ? `${parts.length} tables and schemas` : parts.join(", ") || "nothing";
}
