import { splitIdentifier } from "../../access/aclIndex.ts";
import type { AclGroup, SensitiveColumn } from "../../model/databaseEvidence.ts";
import { defineDatabaseControl, pass, subjectOf } from "../control.ts";
import { isPlatformRole } from "../role/platformRoles.ts";
import { isApplicationGroup } from "./applicationObjects.ts";
import { type Excess, excessVerdicts } from "./excess.ts";
import { granteeName } from "./privilegeNames.ts";

export const privSensitiveColumns = defineDatabaseControl({
  meta: {
    id: "priv-sensitive-columns",
    title: "Credential-like columns are not readable widely",
    severity: "low",
    requires: [],
    requiresInDatabase: ["sensitiveColumns", "acls"],
    appliesTo: ["sensitiveColumnsListed"],
    frameworks: {
      proposed: {
        mcsb: ["DP-1", "DP-2"],
        nist80053r5: ["AC-3", "RA-2"],
        pciDss401: ["3.4.1", "7.2.6"],
        iso27001_2022: ["A.8.11", "A.5.12"],
      },
    },
    rationale:
      "A grant on a table covers all its columns, so whoever may read orders also reads the card token beside them. Grants on columns keep the two apart.",
    remediation: {
      sql: `revoke select on "<schema>"."<table>" from "<role>";
revoke select ("<column>") on "<schema>"."<table>" from "<role>";
-- Again what the role needs, column by column:
grant select ("<other column>") on "<schema>"."<table>" to "<role>";`,
    },
  },

  evaluateDatabase({ sensitiveColumns, acls }, { privileges }, { database }) {
    // PostgreSQL has compared the names with the patterns: what it found is all there is.
    const columnsOf = Map.groupBy(sensitiveColumns, ({ schema, table }) => keyOf(schema, table));
    const approved = new Set(privileges.sensitiveColumnReaders);
    const excess = acls.filter(isApplicationGroup).flatMap((group) => readers(group, columnsOf, approved));
    if (excess.length > 0)
      return excessVerdicts(excess, {
        database,
        namesHolder: true,
        begin: (holder) => (holder === null ? "PUBLIC has" : `Role ${granteeName(holder)} has`),
      });
    const message = `The ${sensitiveColumns.length} sensitive columns of database ${database} are readable by their owners and approved roles only.`;
    return [pass(subjectOf("database", database), message)];
  },
});

function keyOf(schema: string | null, table: string): string {
  return JSON.stringify([schema, table]);
}

/** Who reads sensitive columns by this group: over the whole table, or over the column itself. */
function readers(
  group: AclGroup,
  columnsOf: ReadonlyMap<string, readonly SensitiveColumn[]>,
  approved: ReadonlySet<string>,
): readonly Excess[] {
  const { kind, schema, owner } = group;
  if (kind !== "table" && kind !== "column") return [];
  const objects = group.objects.flatMap((name) => {
    const [table, column] = kind === "table" ? [name, undefined] : splitIdentifier(name);
    const sensitive = columnsOf.get(keyOf(schema, table)) ?? [];
    return sensitive
      .filter((one) => column === undefined || one.column === column)
      .map((one) => `${table}.${one.column}`);
  });
  if (objects.length === 0) return [];
  return group.grants.flatMap(({ grantee, privileges: letters }) => {
    const mayRead = grantee !== null && (grantee === owner || approved.has(grantee) || isPlatformRole(grantee));
    if (mayRead || !letters.includes("r")) return [];
    return [{ group: { kind: "column" as const, schema }, objects, holder: grantee, letters: ["r"] }];
  });
}
