import { subjectOf } from "../controls/control.ts";
import type { DatabasePartName } from "../model/drift.ts";
import type { DatabaseSectionItem } from "../model/section.ts";
import { aclKey, granteeText } from "./aclKey.ts";
import { byCodeUnit } from "./canonical.ts";
import { ownReaders } from "./databaseItem.ts";
import { sameValue } from "./sameValue.ts";

type Entry = readonly [key: string, value: unknown];

export type DatabaseItems = {
  readonly [P in DatabasePartName]: (item: DatabaseSectionItem[P]) => readonly Entry[];
};

/** How one item of each section of a database stands in a snapshot. Keys do not name the database. */
export const databaseItems: DatabaseItems = {
  // Groups of one key are put together by the snapshot.
  acls: (group) => [[aclKey(group), group.objects]],

  defaultPrivileges: ({ owner, schema, kind, sign, grantee, privileges }) => [
    [
      subjectOf("defaultPrivilege", owner, anyOr(schema), kind, sign, grantee === null ? "PUBLIC" : quoted(grantee)),
      sorted(privileges),
    ],
  ],

  protectedTables: ({ schema, table, owner, enabled, forced, policyCount, partitioned }) => [
    [subjectOf("protectedTable", schema, table), { owner, enabled, forced, policyCount, partitioned }],
  ],

  rowPolicies: ({ schema, table, name, command, permissive, roles, using, check }) => [
    [
      subjectOf("rowPolicy", schema, table, name),
      { command, permissive, roles: sorted(roles.map(policyRole)), using, check },
    ],
  ],

  partitions: ({ schema, table, parentSchema, parentTable, enabled }) => [
    [subjectOf("partition", schema, table), { parentSchema, parentTable, enabled }],
  ],

  // What a body mentions follows from the body and from the tables: it is a hint for controls.
  definerFunctions: ({ schema, signature, owner, language, searchPath, bodyMd5, publicExecute, extension }) => [
    [
      subjectOf("definerFunction", schema, signature),
      { owner, language, searchPath, bodyMd5, publicExecute, extension },
    ],
  ],

  protectedViews: ({ schema, view, owner, materialized, invoker, tableSchema, table, readsAs }) => [
    [
      subjectOf("protectedView", schema, view, tableSchema, table),
      {
        ...{ owner, materialized, invoker },
        // What a view that names the table says by itself is not said again.
        ...(sameValue(readsAs, ownReaders({ owner, materialized, invoker })) ? {} : { readsAs }),
      },
    ],
  ],

  extensions: ({ name, version, schema, owner }) => [[subjectOf("extension", name), { version, schema, owner }]],

  eventTriggers: ({ name, event, enabled, owner, function: runs }) => [
    [subjectOf("eventTrigger", name), { event, enabled, owner, function: runs }],
  ],

  publications: ({ name, owner, allTables, tables, schemas }) => [
    [subjectOf("publication", name), { owner, allTables, tables: sorted(tables), schemas: sorted(schemas) }],
  ],

  userMappings: ({ server, role }) => [
    [subjectOf("userMapping", server, role === null ? "PUBLIC" : quoted(role)), { server, role }],
  ],

  foreignServers: ({ name, wrapper, owner, options }) => [
    [subjectOf("foreignServer", name), { wrapper, owner, options: sorted(options) }],
  ],

  languages: ({ name, trusted, owner }) => [[subjectOf("language", name), { trusted, owner }]],

  notableFunctions: ({ schema, signature, owner, language, trustedLanguage, leakproof }) => [
    [subjectOf("notableFunction", schema, signature), { owner, language, trustedLanguage, leakproof }],
  ],

  // A job has no name: it is what it runs, where, as whom and when.
  cronJobs: ({ schedule, database, role, active, commandMd5 }) => [
    [subjectOf("cronJob", database, role, commandMd5, schedule), { active }],
  ],
};

/** `*` is everywhere; a schema of that name stands in quotes. */
function anyOr(name: string | null): string {
  if (name === null) return "*";
  return name === "*" || name.startsWith('"') ? JSON.stringify(name) : name;
}

/** A role may be called PUBLIC: it stands in quotes then, and PUBLIC itself does not. */
export function quoted(role: string): string {
  return role === "PUBLIC" ? JSON.stringify(role) : granteeText(role);
}

/** PUBLIC as the bare word; a role's name as it is, unless it could be taken for that word in or out of quotes. */
function policyRole(role: string | null): string {
  if (role === null) return "PUBLIC";
  return role === "PUBLIC" || role.startsWith('"') ? JSON.stringify(role) : role;
}

function sorted(values: readonly string[]): readonly string[] {
  return values.toSorted(byCodeUnit);
}
