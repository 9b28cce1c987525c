import { subjectOf } from "../controls/control.ts";
import type { Membership } from "../model/catalogEvidence.ts";
import type {
  DatabasePartName,
  DatabaseParts,
  Snapshot,
  SnapshotEvidence,
  SnapshotPart,
  SnapshotPartName,
} from "../model/drift.ts";
import type { DatabasePosture, Posture } from "../model/posture.ts";
import type { DatabaseSectionItem, Section, SectionItem, Sections } from "../model/section.ts";
import { byCodeUnit, canonicalJson } from "./canonical.ts";
import { databaseItems } from "./databaseItems.ts";
import { aclGrantors, membershipGrantors, optionLetters } from "./grantors.ts";
import { mentionsIn } from "./mentions.ts";
import { snapshotItems } from "./snapshotItems.ts";

/** Every part of a snapshot, in the order in which reports name them. */
export const snapshotPartNames = [
  "server",
  "firewallRules",
  "parameters",
  "entraAdministrators",
  "privateEndpointConnections",
  "threatProtection",
  "diagnosticSettings",
  "replicas",
  "delegatedNetwork",
  "privateDnsZone",
  "settings",
  "roles",
  "passwordTypes",
  "memberships",
  "roleSettings",
  "databases",
  "sharedAcls",
  "subscriptions",
] as const satisfies readonly SnapshotPartName[];

/** Every part of a database in a snapshot. */
export const databasePartNames = [
  "acls",
  "defaultPrivileges",
  "protectedTables",
  "rowPolicies",
  "partitions",
  "definerFunctions",
  "protectedViews",
  "extensions",
  "eventTriggers",
  "publications",
  "userMappings",
  "foreignServers",
  "languages",
  "notableFunctions",
  "cronJobs",
] as const satisfies readonly DatabasePartName[];

type Entry = readonly [key: string, value: unknown];

const notRead: SnapshotPart = { state: "unavailable", items: {} };

/** The canonical form of a posture: what someone decided, and nothing that moves by itself (roles.md §7). */
export function snapshotOf(posture: Posture): Snapshot {
  const parts = snapshotPartNames.map((name) => [name, partOf(posture.sections, name)]);
  const databases = posture.databases.map((database) => [database.name, databaseParts(database)] as const);
  return {
    schema: "pgwarden.snapshot/2",
    serverId: posture.server.id,
    // Object.fromEntries forgets the key type; the keys are exactly the part names.
    parts: Object.fromEntries(parts) as Snapshot["parts"],
    databases: Object.fromEntries(databases),
    volatile: evidenceOf(posture),
  };
}

function partOf(sections: Sections, name: SnapshotPartName): SnapshotPart {
  if (sections[name].state === "unavailable" || (name === "settings" && hidesSettings(sections.context)))
    return notRead;
  if (name === "memberships") return { state: "collected", items: membershipItems(sections.memberships) };
  const entries = entriesOf(sections, name);
  return { state: "collected", items: name === "sharedAcls" ? joined(entries) : distinct([...entries]) };
}

function entriesOf<P extends keyof typeof snapshotItems>(
  sections: { readonly [S in P]: Section<SectionItem[S]> },
  name: P,
): Iterable<Entry> {
  const section: Section<SectionItem[P]> = sections[name];
  const toEntries: (typeof snapshotItems)[P] = snapshotItems[name];
  return section.state === "collected" ? eachEntry(section.items, (item) => toEntries(item)) : [];
}

/** One at a time: of the ACL groups of a large database all at once would be there a second time. */
function* eachEntry<T>(items: readonly T[], toEntries: (item: T) => readonly Entry[]): Generator<Entry, void> {
  for (const item of items) yield* toEntries(item);
}

function databaseParts({ sections }: DatabasePosture): DatabaseParts {
  const parts = databasePartNames.map((name) => [name, databasePart(sections, name)]);
  // As in `snapshotOf`.
  return Object.fromEntries(parts) as DatabaseParts;
}

function databasePart<P extends DatabasePartName>(
  sections: { readonly [S in P]: Section<DatabaseSectionItem[S]> },
  name: P,
): SnapshotPart {
  const section: Section<DatabaseSectionItem[P]> = sections[name];
  if (section.state === "unavailable") return notRead;
  const toEntries: (typeof databaseItems)[P] = databaseItems[name];
  const entries = eachEntry(section.items, (item) => toEntries(item));
  return { state: "collected", items: name === "acls" ? joined(entries) : distinct([...entries]) };
}

/** Without pg_read_all_settings some twenty rows are missing: not visible is not removed (roles.md §0). */
function hidesSettings(context: Sections["context"]): boolean {
  return context.state === "collected" && context.items.some(({ seesSettings }) => !seesSettings);
}

/** Several grantors may each give options: what counts is their union, as letters `AIS`. */
function membershipItems(section: Section<Membership>): Readonly<Record<string, string>> {
  const options = new Map<string, string>();
  for (const edge of section.state === "collected" ? section.items : []) {
    const key = subjectOf("membership", edge.role, edge.member);
    const known = options.get(key) ?? "";
    const admin = edge.admin || known.includes("A");
    const inherit = edge.inherit || known.includes("I");
    options.set(key, optionLetters({ admin, inherit, set: edge.set || known.includes("S") }));
  }
  return Object.fromEntries(options);
}

/** Lists of one key become one, sorted: groups that differ only in their grantors are one group. */
function joined(entries: Iterable<Entry>): Readonly<Record<string, unknown>> {
  const lists = new Map<string, readonly string[] | Set<string>>();
  for (const [key, value] of entries) {
    // Values of ACL groups are the names of their objects.
    const objects = value as readonly string[];
    const known = lists.get(key);
    if (known === undefined) lists.set(key, objects);
    else if (!(known instanceof Set)) lists.set(key, new Set([...known, ...objects]));
    else for (const object of objects) known.add(object);
  }
  for (const [key, list] of lists) {
    if (list instanceof Set || list.length > 1) lists.set(key, [...new Set(list)].sort());
  }
  return Object.fromEntries(lists);
}

/** Two items of one key should not exist; should they, both stay, and their order carries nothing. */
function distinct(entries: readonly Entry[]): Readonly<Record<string, unknown>> {
  const items = Object.fromEntries(entries);
  if (Object.keys(items).length === entries.length) return items;
  return Object.fromEntries(
    [...Map.groupBy(entries, ([key]) => key)].flatMap(([key, group]) => {
      const texts = new Map(group.map(([, value]) => [canonicalJson(value), value]));
      return [...texts]
        .sort(([left], [right]) => byCodeUnit(left, right))
        .map(([, value], index) => [index === 0 ? key : `${key}/${index + 1}`, value] as const);
    }),
  );
}

function evidenceOf({ sections, databases }: Posture): SnapshotEvidence {
  const [context] = sections.context.state === "collected" ? sections.context.items : [];
  const [server] = sections.server.state === "collected" ? sections.server.items : [];
  const roles = sections.roles.state === "collected" ? sections.roles.items : [];
  const memberships = sections.memberships.state === "collected" ? sections.memberships.items : [];
  return {
    majorVersion: context === undefined ? majorOf(server?.version) : Math.floor(context.versionNum / 10_000),
    systemIdentifier: context?.systemIdentifier ?? null,
    // Tests and earlier collectors know no OID: nothing is compared then.
    roleOids: Object.fromEntries(roles.filter(({ oid }) => oid > 0).map(({ name, oid }) => [name, oid])),
    membershipGrantors: membershipGrantors(memberships),
    aclGrantors: aclGrantors(sections.sharedAcls, databases),
    mentions: mentionsIn(databases),
  };
}

function majorOf(version: string | undefined): number | null {
  const major = Number.parseInt(version ?? "", 10);
  return Number.isNaN(major) ? null : major;
}
