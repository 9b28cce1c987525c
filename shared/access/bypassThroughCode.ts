import type {
  DefinerFunction,
  Partition,
  ProtectedTable,
  ProtectedView,
  Publication,
} from "../model/databaseEvidence.ts";
import type { DatabaseAccess, RoleAccess } from "./accessInput.ts";
import { splitIdentifier } from "./aclIndex.ts";
import { attributeHolders, connected, privilegeReach } from "./objectReach.ts";
import type { BypassPath } from "./rowSecurityBypass.ts";
import { restrict, wayOf, type Who } from "./way.ts";

/**
 * Ways past the row security of a table that lead through another object: partitions, views, definer functions and
 * publications.
 *
 * @param lifting the ways that lift row security from a role, by which an owner's rights are judged
 */
export function bypassThroughCode(
  access: RoleAccess,
  database: DatabaseAccess,
  table: ProtectedTable,
  lifting: readonly BypassPath[],
): readonly BypassPath[] {
  // Neither a view nor a definer function changes its role: only what the owner has at once counts.
  function isFree(owner: string): boolean {
    return lifting.some(({ who }) => wayOf(who, owner)?.how === "inherit");
  }
  return [
    ...throughPartitions(access, database, table),
    ...throughViews(access, database, table, isFree),
    ...throughFunctions(access, database, table, isFree),
    ...throughPublications(access, database, table),
  ];
}

/** SELECT, INSERT, UPDATE, DELETE. */
const rowLetters = "rawd";

function throughPartitions(access: RoleAccess, database: DatabaseAccess, table: ProtectedTable): readonly BypassPath[] {
  return partitionsOf(database, table)
    .filter(({ enabled }) => !enabled)
    .map(({ schema, table: name }) => ({
      kind: "partition",
      through: `${schema}.${name}`,
      who: rowsOf(access, database, schema, name, rowLetters),
    }));
}

/** At any depth: the evidence names the nearest protected table above, which may be a partition itself. */
function partitionsOf({ partitions }: DatabaseAccess, { schema, table }: ProtectedTable): readonly Partition[] {
  const found = new Set<Partition>();
  const parents = [{ schema, table }];
  for (const parent of parents) {
    for (const partition of partitions ?? []) {
      if (partition.parentSchema !== parent.schema || partition.parentTable !== parent.table) continue;
      if (!found.has(partition)) parents.push(partition);
      found.add(partition);
    }
  }
  return [...found];
}

function throughViews(
  access: RoleAccess,
  database: DatabaseAccess,
  { schema, table }: ProtectedTable,
  isFree: (owner: string) => boolean,
): readonly BypassPath[] {
  const over = (database.protectedViews ?? []).filter((view) => view.tableSchema === schema && view.table === table);
  // A view over a view reads the table with the rights of the lower one's owner; which one that is, is not known.
  const lowerIsFree = over.some((view) => view.depth === 1 && !view.invoker && isFree(view.owner));
  function leaks({ materialized, invoker, owner, depth }: ProtectedView): boolean {
    return materialized || (!invoker && (isFree(owner) || (depth > 1 && lowerIsFree)));
  }
  return over.filter(leaks).map(({ schema: viewSchema, view, materialized }) => ({
    kind: materialized ? "materializedView" : "view",
    through: `${viewSchema}.${view}`,
    who: rowsOf(access, database, viewSchema, view, materialized ? "r" : rowLetters),
  }));
}

function rowsOf(access: RoleAccess, database: DatabaseAccess, schema: string, name: string, letters: string): Who {
  return privilegeReach(access, database, { schema, name }, letters) ?? { everyone: undefined, named: new Map() };
}

function throughFunctions(
  access: RoleAccess,
  database: DatabaseAccess,
  { schema, table }: ProtectedTable,
  isFree: (owner: string) => boolean,
): readonly BypassPath[] {
  const names = [table, `${schema}.${table}`];
  return (database.definerFunctions ?? [])
    .filter(({ owner, mentions }) => isFree(owner) && mentions.some((mention) => names.includes(mention)))
    .map((found) => ({
      kind: "definerFunction",
      through: `${found.schema}.${found.signature}`,
      who: executors(access, database, found),
    }));
}

/** Functions of extensions with the ACL of their installation are left out of the ACLs. */
function executors(access: RoleAccess, database: DatabaseAccess, found: DefinerFunction): Who {
  const { schema, signature, owner, publicExecute } = found;
  const reach = privilegeReach(access, database, { schema, name: signature, kind: "function" }, "X");
  if (reach !== undefined) return reach;
  const held: Who = publicExecute
    ? { everyone: { kind: "grant", grantee: null }, named: new Map() }
    : {
        everyone: undefined,
        named: new Map([[owner, { how: "inherit", path: [owner], via: { kind: "owner", owner } }]]),
      };
  const usage = privilegeReach(access, database, { schema: null, name: schema, kind: "schema" }, "U");
  return connected(access, database, usage === undefined ? held : restrict(held, usage, `USAGE on schema ${schema}`));
}

/** Decoding runs with REPLICATION; row security does not hold it. */
function throughPublications(
  access: RoleAccess,
  database: DatabaseAccess,
  table: ProtectedTable,
): readonly BypassPath[] {
  const sending = (database.publications ?? []).filter((publication) => sends(publication, database, table));
  if (sending.length === 0) return [];
  const who = connected(access, database, attributeHolders(access, "replication"));
  return sending.map(({ name }) => ({ kind: "publication", through: name, who }));
}

function sends({ allTables, schemas, tables }: Publication, database: DatabaseAccess, table: ProtectedTable): boolean {
  return (
    allTables ||
    [table, ...partitionsOf(database, table)].some(
      (part) => schemas.includes(part.schema) || names(tables, part.schema, part.table),
    )
  );
}

/** The catalog's text quotes what needs quotes. */
function names(tables: readonly string[], schema: string, table: string): boolean {
  return tables.some((text) => {
    const [inSchema, name] = splitIdentifier(text);
    return inSchema === schema && name === table;
  });
}
