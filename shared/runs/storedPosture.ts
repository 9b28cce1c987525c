import * as v from "valibot";
import { noCatalog } from "../collect/collectCatalog.ts";
import { noProbes } from "../collect/collectProbes.ts";
import { noDatabase } from "../collect/readDatabase.ts";
import { collected, unavailable } from "../collect/section.ts";
import { aclFrom } from "../diff/aclKey.ts";
import { ownReaders, protectedViewItem } from "../diff/databaseItem.ts";
import { namesOf } from "../diff/itemKey.ts";
import { itemAs, membershipItem, roleItem } from "../diff/items.ts";
import type { CatalogContext, Membership, Role } from "../model/catalogEvidence.ts";
import type {
  AclGroup,
  DatabaseFacts,
  Partition,
  ProtectedTable,
  ProtectedView,
  Publication,
} from "../model/databaseEvidence.ts";
import type { DatabaseParts, Snapshot, SnapshotPart } from "../model/drift.ts";
import type { DatabasePosture, Posture } from "../model/posture.ts";
import type { Section } from "../model/section.ts";
import type { ServerRef } from "../model/server.ts";
import { noAzure } from "./noAzure.ts";

// What snapshotItems.ts and databaseItems.ts write.
const Database = v.object({ owner: v.string(), allowsConnections: v.boolean(), template: v.boolean() });
const Table = v.object({
  owner: v.string(),
  enabled: v.boolean(),
  forced: v.boolean(),
  policyCount: v.number(),
  partitioned: v.boolean(),
});
const PartitionItem = v.object({ parentSchema: v.string(), parentTable: v.string(), enabled: v.boolean() });
const PublicationItem = v.object({
  owner: v.string(),
  allTables: v.boolean(),
  tables: v.array(v.string()),
  schemas: v.array(v.string()),
});
const Objects = v.array(v.string());

const notKept = unavailable("absent", "A stored snapshot does not keep it.");
const bodiesNotKept = unavailable(
  "absent",
  "A stored snapshot does not keep which tables the body of a function names.",
);

export interface StoredPostureContext {
  readonly server: ServerRef;
  readonly takenAt: string;
  /** The database that the snapshot's login started from. */
  readonly startDatabase: string;
}

/** A stored snapshot as the posture that it was made from, as far as questions about reach need it. */
export function storedPosture(snapshot: Snapshot, { server, takenAt, startDatabase }: StoredPostureContext): Posture {
  const { roles, memberships, databases, sharedAcls } = snapshot.parts;
  return {
    server,
    takenAt,
    sections: {
      ...noAzure(notKept),
      ...noCatalog(notKept),
      ...noProbes(notKept),
      canaries: notKept,
      context: contextOf(snapshot, startDatabase),
      roles: sectionOf("roles", roles, (key, value) => roleOf(key, value, snapshot)),
      memberships: sectionOf("memberships", memberships, membershipOf),
      databases: sectionOf("databases", databases, databaseFacts),
      sharedAcls: sectionOf("sharedAcls", sharedAcls, aclGroup),
    },
    databases: Object.entries(snapshot.databases).map(([name, parts]) => databaseOf(name, parts)),
  };
}

function databaseOf(name: string, parts: DatabaseParts): DatabasePosture {
  return {
    name,
    sections: {
      ...noDatabase(notKept),
      acls: sectionOf("acls", parts.acls, aclGroup),
      protectedTables: sectionOf("protectedTables", parts.protectedTables, protectedTable),
      partitions: sectionOf("partitions", parts.partitions, partition),
      definerFunctions: bodiesNotKept,
      protectedViews: sectionOf("protectedViews", parts.protectedViews, protectedView),
      publications: sectionOf("publications", parts.publications, publication),
    },
  };
}

/** An item that is not what its key says is left out, as comparisons leave it out. */
function sectionOf<T>(
  name: string,
  { state, items }: SnapshotPart,
  read: (key: string, value: unknown) => T | undefined,
): Section<T> {
  if (state === "unavailable") return unavailable("absent", `The last scan could not read section ${name}.`);
  const found = Object.entries(items).map(([key, value]) => read(key, value));
  return collected(found.filter((item) => item !== undefined));
}

function contextOf({ volatile }: Snapshot, database: string): Section<CatalogContext> {
  if (volatile.majorVersion === null) return unavailable("absent", "The last scan could not log in.");
  const context: CatalogContext = {
    versionNum: volatile.majorVersion * 10_000,
    database,
    currentUser: "",
    sessionUser: "",
    inRecovery: false,
    systemIdentifier: volatile.systemIdentifier ?? "",
    seesSettings: false,
    seesStats: false,
    seesHba: false,
    maxConnections: 0,
    clientAddress: null,
    connectable: [],
  };
  return collected([context]);
}

function roleOf(key: string, value: unknown, { volatile }: Snapshot): Role | undefined {
  const [name] = namesOf(key);
  const item = roleItem(value);
  return name === undefined || item === undefined ? undefined : { ...item, name, oid: volatile.roleOids[name] ?? 0 };
}

function membershipOf(key: string, value: unknown): Membership | undefined {
  const [role, member] = namesOf(key);
  if (role === undefined || member === undefined) return undefined;
  // Nobody can grant this one: its only member is the owner of the database.
  const grantor = role === "pg_database_owner" ? "(implicit)" : "";
  return { role, member, grantor, ...membershipItem(value) };
}

function databaseFacts(key: string, value: unknown): DatabaseFacts | undefined {
  const [name] = namesOf(key);
  const item = itemAs(Database, value);
  return name === undefined || item === undefined ? undefined : { ...item, name, connectable: true, excluded: false };
}

function aclGroup(key: string, value: unknown): AclGroup | undefined {
  const acl = aclFrom(key);
  const objects = itemAs(Objects, value);
  if (acl === undefined || objects === undefined) return undefined;
  const grants = [...acl.grants].map(([grantee, privileges]) => ({ grantee, privileges, grantors: [] }));
  return { ...acl, grants, objects };
}

function protectedTable(key: string, value: unknown): ProtectedTable | undefined {
  const [schema, table] = namesOf(key);
  const item = itemAs(Table, value);
  return schema === undefined || table === undefined || item === undefined ? undefined : { ...item, schema, table };
}

function partition(key: string, value: unknown): Partition | undefined {
  const [schema, table] = namesOf(key);
  const item = itemAs(PartitionItem, value);
  return schema === undefined || table === undefined || item === undefined ? undefined : { ...item, schema, table };
}

/** How deep views nest is not kept, and nothing here asks for it: `readsAs` tells whose rights count. */
function protectedView(key: string, value: unknown): ProtectedView | undefined {
  const [schema, view, tableSchema, table] = namesOf(key);
  const item = protectedViewItem(value);
  if (schema === undefined || view === undefined || tableSchema === undefined || table === undefined) return undefined;
  return item && { ...item, schema, view, tableSchema, table, depth: 1, readsAs: item.readsAs ?? ownReaders(item) };
}

function publication(key: string, value: unknown): Publication | undefined {
  const [name] = namesOf(key);
  const item = itemAs(PublicationItem, value);
  return name === undefined || item === undefined ? undefined : { ...item, name };
}
