import { defineDatabaseControl, fail, pass, subjectOf } from "../control.ts";
import { fitsPattern } from "./tablePattern.ts";

const systemSchemas: ReadonlySet<string> = new Set(["pg_catalog", "information_schema"]);

export const rlsRequiredTables = defineDatabaseControl({
  meta: {
    id: "rls-required-tables",
    title: "Tables that need row security have it",
    severity: "high",
    requires: [],
    requiresInDatabase: ["acls", "protectedTables"],
    appliesTo: ["requiredTablesListed"],
    frameworks: {
      published: { cisPostgresql: ["4.7"] },
      proposed: { mcsb: ["DP-2"], nist80053r5: ["AC-3", "AC-4"], pciDss401: ["7.2.6"], iso27001_2022: ["A.8.3"] },
    },
    rationale:
      "A table that is added to a schema of many tenants begins without row security, and nothing fails: its rows are simply everybody's. Which tables need it stands in policy.rowSecurity.requiredTables; without that list nothing is judged.",
    remediation: {
      sql: `alter table "<schema>"."<table>" enable row level security;
-- From here on only the owner sees rows, until a policy lets others in.`,
    },
  },

  evaluateDatabase({ acls, protectedTables }, { rowSecurity: { requiredTables } }, { database }) {
    const protectedBy = new Set(
      protectedTables.flatMap(({ schema, table, enabled }) => (enabled ? [JSON.stringify([schema, table])] : [])),
    );
    return acls.flatMap(({ kind, schema, objects }) => {
      if (kind !== "table" || schema === null || systemSchemas.has(schema)) return [];
      return objects.flatMap((table) => {
        const pattern = requiredTables.find((candidate) => fitsPattern(`${schema}.${table}`, candidate));
        if (pattern === undefined) return [];
        const subject = subjectOf("table", database, schema, table);
        const fact = `Table ${schema}.${table} of database ${database} fits the pattern ${pattern}`;
        return protectedBy.has(JSON.stringify([schema, table]))
          ? [pass(subject, `${fact}, and row security is on.`)]
          : [fail(subject, `${fact}, and row security is off.`)];
      });
    });
  },
});
