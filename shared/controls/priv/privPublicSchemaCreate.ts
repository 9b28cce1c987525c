import { defineDatabaseControl, subjectOf, verdict } from "../control.ts";
import { publicMayCreate } from "./publicSchemas.ts";

export const privPublicSchemaCreate = defineDatabaseControl({
  meta: {
    id: "priv-public-schema-create",
    title: "PUBLIC cannot create in schema public",
    severity: "high",
    requires: [],
    requiresInDatabase: ["acls"],
    frameworks: {
      proposed: {
        mcsb: ["PA-7"],
        nist80053r5: ["AC-6", "CM-5"],
        pciDss401: ["7.2.1"],
        iso27001_2022: ["A.8.3"],
      },
    },
    rationale:
      "Every session looks for unqualified names in schema public. Where everybody may create there, the lowest login can lay out a function that the highest one calls. Databases that were made before PostgreSQL 15 keep this right through upgrades.",
    remediation: { sql: `revoke create on schema public from public;` },
  },

  evaluateDatabase({ acls }, _policy, { database }) {
    return acls
      .filter(({ kind, objects }) => kind === "schema" && objects.includes("public"))
      .map((group) => {
        const mayCreate = publicMayCreate(group);
        const message = `PUBLIC ${mayCreate ? "may" : "cannot"} create objects in schema public of database ${database}.`;
        return verdict(subjectOf("schema", database, "public"), !mayCreate, message);
      });
  },
});
