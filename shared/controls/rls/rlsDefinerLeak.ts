import type { ProtectedTable } from "../../model/databaseEvidence.ts";
import { defineDatabaseControl, pass, subjectOf } from "../control.ts";
import { applicationHolders } from "./applicationHolders.ts";
import { applicationLogins, judgeLogins } from "./applicationLogins.ts";
import { grantAccess } from "./databaseAccess.ts";
import { ownerBypass } from "./ownerBypass.ts";

export const rlsDefinerLeak = defineDatabaseControl({
  meta: {
    id: "rls-definer-leak",
    title: "No SECURITY DEFINER function opens protected rows to applications",
    severity: "high",
    requires: ["roles", "memberships", "context"],
    mayRead: ["server", "entraAdministrators", "databases", "sharedAcls"],
    requiresInDatabase: ["acls", "protectedTables", "definerFunctions"],
    frameworks: {
      published: { cisPostgresql: ["4.5", "4.7"] },
      proposed: { mcsb: ["DP-2"], nist80053r5: ["AC-3", "AC-6(8)"], pciDss401: ["7.2.6"], iso27001_2022: ["A.8.3"] },
    },
    rationale:
      "Such a function reads with the rights of its owner. When the policies do not bind the owner, whoever may call the function gets the rows that it chooses to give. What it reads is told from the names in its body, so review what is found, and do not take silence for proof.",
    remediation: {
      sql: `-- Once the function's own statements ask for the tenant, waive the finding instead.
alter function "<schema>"."<function>" security invoker;`,
    },
  },

  evaluateDatabase({ acls, protectedTables, definerFunctions, ...evidence }, policy, { database, takenAt }) {
    const enabled = protectedTables.filter((table) => table.enabled);
    if (enabled.length === 0) return [];
    const judged = definerFunctions.flatMap((routine) => {
      const tables = routine.extension ? [] : enabled.filter((table) => isMentioned(table, routine.mentions));
      return tables.length === 0 ? [] : [{ routine, tables }];
    });
    if (judged.length === 0)
      return [
        pass(
          subjectOf("database", database),
          `No SECURITY DEFINER function of database ${database} names a protected table.`,
        ),
      ];

    const logins = applicationLogins(evidence, policy, takenAt);
    const grants = grantAccess(database, { acls, ...evidence });
    const callersOf = applicationHolders(logins, grants, { kind: "function", letters: "X", owner: true });
    return judged.map(({ routine: { schema, signature, owner }, tables }) => {
      const subject = subjectOf("function", database, schema, signature);
      const names = tables.map(({ schema: tableSchema, table }) => `${tableSchema}.${table}`).sort();
      const fact = `Function ${schema}.${signature} of database ${database} names ${names.join(", ")} and runs as ${owner}`;
      const why = tables.flatMap((table) => ownerBypass(logins.access, owner, table) ?? [])[0];
      if (why === undefined) return pass(subject, `${fact}, whom the policies bind.`);
      return judgeLogins(subject, callersOf(schema, signature), logins, {
        passes: `${fact}, whom the policies do not bind, but no application may call it.`,
        fails: (callerNames) =>
          `${fact}, whom the policies do not bind (it ${why}), and these applications may call it: ${callerNames}.`,
      });
    });
  },
});

function isMentioned({ schema, table }: ProtectedTable, mentions: readonly string[]): boolean {
  return mentions.includes(`${schema}.${table}`);
}
