import { defineDatabaseControl, pass, subjectOf } from "../control.ts";
import { excessVerdicts } from "./excess.ts";
import { publicMayCreate } from "./publicSchemas.ts";

export const privPublicAnySchemaCreate = defineDatabaseControl({
  meta: {
    id: "priv-public-any-schema-create",
    title: "PUBLIC cannot create in any user schema",
    severity: "high",
    requires: [],
    requiresInDatabase: ["acls"],
    frameworks: {
      published: { cisPostgresql: ["4.6"] },
      proposed: { mcsb: ["PA-7"], nist80053r5: ["AC-6"], pciDss401: ["7.2.1"], iso27001_2022: ["A.8.3"] },
    },
    rationale:
      "Who may create in a schema can put a function or operator beside the application's own that fits a call better than the one that was meant, and it runs with the caller's rights.",
    remediation: { sql: `revoke create on schema "<schema>" from public;` },
  },

  // PUBLIC has CREATE on no schema of PostgreSQL itself either; schema public has a control of its own.
  evaluateDatabase({ acls }, _policy, { database }) {
    const open = acls
      .filter((group) => group.kind === "schema" && publicMayCreate(group))
      .map((group) => ({
        group,
        objects: group.objects.filter((name) => name !== "public"),
        holder: null,
        letters: ["C"],
      }))
      .filter(({ objects }) => objects.length > 0);
    if (open.length > 0) return excessVerdicts(open, { database, namesHolder: false, begin: () => "PUBLIC has" });
    return [
      pass(subjectOf("database", database), `PUBLIC can create in no schema of database ${database} beside public.`),
    ];
  },
});
