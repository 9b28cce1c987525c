import { defineDatabaseControl, pass, subjectOf } from "../control.ts";
import { isApplicationGroup, isSystemSchema, relationKinds } from "./applicationObjects.ts";
import { type Excess, excessVerdicts } from "./excess.ts";
import { lettersOf } from "./privilegeNames.ts";
import type { AclGroup } from "../../model/databaseEvidence.ts";

/** Catalogs that PostgreSQL closes to PUBLIC: password verifiers, connection strings, samples of rows, files. */
const closedCatalogs: ReadonlySet<string> = new Set([
  "pg_authid",
  "pg_shadow",
  "pg_user_mapping",
  "pg_largeobject",
  "pg_statistic",
  "pg_statistic_ext_data",
  "pg_subscription",
  "pg_file_settings",
  "pg_hba_file_rules",
  "pg_ident_file_mappings",
  "pg_config",
  "pg_backend_memory_contexts",
  "pg_shmem_allocations",
]);

export const privPublicRelations = defineDatabaseControl({
  meta: {
    id: "priv-public-relations",
    title: "PUBLIC has nothing on tables, views, sequences, columns",
    severity: "high",
    requires: [],
    requiresInDatabase: ["acls"],
    frameworks: {
      published: { cisPostgresql: ["4.6", "o:4.4"] },
      proposed: {
        mcsb: ["PA-7"],
        nist80053r5: ["AC-3", "AC-6"],
        pciDss401: ["7.2.1"],
        iso27001_2022: ["A.8.3"],
      },
    },
    rationale:
      "PUBLIC is every login of the server, those that are made next year included. Such a grant cannot be taken from one of them, and a review of a single role does not show it.",
    remediation: {
      sql: `-- REVOKE … FROM PUBLIC takes it from everybody: grant first to the roles that need it.
revoke all on "<schema>"."<relation>" from public;`,
    },
  },

  evaluateDatabase({ acls }, _policy, { database }) {
    const open = acls.flatMap(publicExcess);
    if (open.length > 0) return excessVerdicts(open, { database, namesHolder: false, begin: () => "PUBLIC has" });
    return [pass(subjectOf("database", database), `PUBLIC has nothing on the relations of database ${database}.`)];
  },
});

function publicExcess(group: AclGroup): readonly Excess[] {
  if (!relationKinds.includes(group.kind)) return [];
  const letters = group.grants.flatMap(({ grantee, privileges }) => (grantee === null ? lettersOf(privileges) : []));
  if (letters.length === 0) return [];
  const objects = isApplicationGroup(group) ? group.objects : tampered(group, letters);
  return objects.length === 0 ? [] : [{ group, objects, holder: null, letters }];
}

/** PUBLIC may read most of the catalogs, and change pg_settings, which is SET. */
function tampered({ schema, objects }: AclGroup, letters: readonly string[]): readonly string[] {
  if (!isSystemSchema(schema)) return [];
  const isMoreThanReading = letters.some((letter) => letter !== "r");
  return objects.filter((name) => closedCatalogs.has(name) || (isMoreThanReading && name !== "pg_settings"));
}
