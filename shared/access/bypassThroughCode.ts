import type {
  DefinerFunction,
  Partition,
  ProtectedTable,
  ProtectedView,
  Publication,
} from "../model/databaseEvidence.ts";
import type { DatabaseAccess, RoleAccess } from "./accessInput.ts";
import { splitIdentifier } from "./aclIndex.ts";
import { bypassPath, type BypassPath } from "./bypassPath.ts";
import { attributeNeed } from "./holders.ts";
import { need, type Need } from "./need.ts";
import { connectNeed, privilegeNeeds, usageNeed } from "./objectReach.ts";
import { wayOf, type Who } from "./way.ts";

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
  // Neither a view nor a definer function changes its role: only what the owner has at once counts. It need not connect.
  function isFree(owner: string): boolean {
    return lifting.some(({ needs: [right] }) => right !== undefined && wayOf(right.who, owner)?.how === "inherit");
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
    .map(({ schema, table: name }) =>
      bypassPath({ kind: "partition", through: `${schema}.${name}` }, () =>
        privilegeNeeds(access, database, { schema, name }, rowLetters),
      ),
    );
}

const partitionsUnder = grouped<Partition>(({ parentSchema, parentTable }) => [idOf(parentSchema, parentTable)]);

/** At any depth: the evidence names the nearest protected table above, which may be a partition itself. */
function partitionsOf({ partitions }: DatabaseAccess, { schema, table }: ProtectedTable): readonly Partition[] {
  const under = partitionsUnder(partitions);
  const found = new Set(under.get(idOf(schema, table)));
  for (const parent of found)
    for (const partition of under.get(idOf(parent.schema, parent.table)) ?? []) found.add(partition);
  return [...found];
}

const viewsOver = grouped<ProtectedView>(({ tableSchema, table }) => [idOf(tableSchema, table)]);

function throughViews(
  access: RoleAccess,
  database: DatabaseAccess,
  { schema, table }: ProtectedTable,
  isFree: (owner: string) => boolean,
): readonly BypassPath[] {
  const over = viewsOver(database.protectedViews).get(idOf(schema, table)) ?? [];
  function leaks({ materialized, invoker, readsAs }: ProtectedView): boolean {
    // Whoever reads a view over a copy reads the copy.
    const isOverCopy = readsAs.length === 0 && !invoker;
    return materialized || isOverCopy || readsAs.some((as) => as !== null && isFree(as));
  }
  return over
    .filter(leaks)
    .map(({ schema: viewSchema, view, materialized, readsAs }) =>
      bypassPath(
        { kind: materialized ? "materializedView" : "view", through: `${viewSchema}.${view}` },
        () => privilegeNeeds(access, database, { schema: viewSchema, name: view }, materialized ? "r" : rowLetters),
        materialized ? [] : readsAs.filter((as) => as !== null),
      ),
    );
}

const functionsNaming = grouped<DefinerFunction>(({ mentions }) => mentions);

function throughFunctions(
  access: RoleAccess,
  database: DatabaseAccess,
  { schema, table }: ProtectedTable,
  isFree: (owner: string) => boolean,
): readonly BypassPath[] {
  const naming = functionsNaming(database.definerFunctions);
  return [...new Set([table, `${schema}.${table}`].flatMap((name) => naming.get(name) ?? []))]
    .filter(({ owner }) => isFree(owner))
    .map((found) =>
      bypassPath(
        { kind: "definerFunction", through: `${found.schema}.${found.signature}` },
        () => executing(access, database, found),
        [found.owner],
      ),
    );
}

/** Functions of extensions with the ACL of their installation are left out of the ACLs. */
function executing(access: RoleAccess, database: DatabaseAccess, found: DefinerFunction): readonly Need[] {
  const { schema, signature, owner, publicExecute } = found;
  const needs = privilegeNeeds(access, database, { schema, name: signature, kind: "function" }, "X");
  if (needs.length > 0) return needs;
  const held: Who = publicExecute
    ? { everyone: { kind: "grant", grantee: null }, named: new Map() }
    : {
        everyone: undefined,
        named: new Map([[owner, { how: "inherit", path: [owner], via: { kind: "owner", owner } }]]),
      };
  const on = { kind: "function", schema, name: signature } as const;
  return [
    need({ on, from: publicExecute ? [] : [owner], open: publicExecute, label: "", free: new Set() }, () => held),
    ...usageNeed(access, database, schema),
    ...connectNeed(access, database),
  ];
}

/** Decoding runs with REPLICATION; row security does not hold it. */
function throughPublications(
  access: RoleAccess,
  database: DatabaseAccess,
  table: ProtectedTable,
): readonly BypassPath[] {
  return (database.publications ?? [])
    .filter((publication) => sends(publication, database, table))
    .map(({ name }) =>
      bypassPath({ kind: "publication", through: name }, () => [
        attributeNeed(access, "replication"),
        ...connectNeed(access, database),
      ]),
    );
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

function idOf(schema: string, table: string): string {
  return `${schema}\0${table}`;
}

/** Finds the items of a list by what they belong to; each list is gone through once. */
function grouped<T>(idsOf: (item: T) => readonly string[]) {
  const made = new WeakMap<readonly T[], ReadonlyMap<string, readonly T[]>>();
  return (items: readonly T[] | null): ReadonlyMap<string, readonly T[]> => {
    if (items === null) return new Map();
    const known = made.get(items);
    if (known !== undefined) return known;
    const groups = new Map<string, T[]>();
    for (const item of items) {
      for (const id of idsOf(item)) {
        const group = groups.get(id);
        if (group === undefined) groups.set(id, [item]);
        else group.push(item);
      }
    }
    made.set(items, groups);
    return groups;
  };
}
