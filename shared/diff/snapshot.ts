import { createHash } from "node:crypto";
import type { Snapshot, SnapshotPart, SnapshotPartName } from "../model/drift.ts";
import type { Posture } from "../model/posture.ts";
import type { Section, SectionItem, Sections } from "../model/section.ts";
import { byCodeUnit, canonicalJson } from "./canonical.ts";
import { snapshotItems, type SnapshotItems } from "./snapshotItems.ts";

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
] as const satisfies readonly SnapshotPartName[];

/** The canonical form of a posture: what someone decided, and nothing that moves by itself (roles.md §7). */
export function snapshotOf(posture: Posture): Snapshot {
  const parts = Object.fromEntries(snapshotPartNames.map((name) => [name, partOf(posture.sections, name)]));
  return {
    schema: "pgwarden.snapshot/1",
    serverId: posture.server.id,
    // Object.fromEntries forgets the key type; the keys are exactly the part names.
    parts: parts as Snapshot["parts"],
  };
}

function partOf(sections: Sections, name: SnapshotPartName): SnapshotPart {
  if (sections[name].state === "unavailable" || (name === "settings" && hidesSettings(sections.context)))
    return { state: "unavailable", items: {} };
  return { state: "collected", items: distinct(entriesOf(sections, name)) };
}

function entriesOf<P extends SnapshotPartName>(sections: { readonly [S in P]: Section<SectionItem[S]> }, name: P) {
  const section: Section<SectionItem[P]> = sections[name];
  const toEntries: SnapshotItems[P] = snapshotItems[name];
  return section.state === "collected" ? section.items.flatMap((item) => toEntries(item)) : [];
}

/** Without pg_read_all_settings some twenty rows are missing: not visible is not removed (roles.md §0). */
function hidesSettings(context: Sections["context"]): boolean {
  return context.state === "collected" && context.items.some(({ seesSettings }) => !seesSettings);
}

/** Two items of one key should not exist; should they, both stay, and their order carries nothing. */
function distinct(entries: readonly (readonly [string, unknown])[]): Readonly<Record<string, unknown>> {
  const byKey = Map.groupBy(entries, ([key]) => key);
  return Object.fromEntries(
    [...byKey].flatMap(([key, group]) => {
      if (group.length === 1) return group;
      const texts = new Map(group.map(([, value]) => [canonicalJson(value), value]));
      return [...texts]
        .sort(([left], [right]) => byCodeUnit(left, right))
        .map(([, value], index) => [index === 0 ? key : `${key}/${index + 1}`, value] as const);
    }),
  );
}

/** Byte for byte the same for an unchanged server, whatever order its rows came in. */
export function snapshotBytes(snapshot: Snapshot): Uint8Array {
  return new TextEncoder().encode(`${canonicalJson(snapshot)}\n`);
}

/** SHA-256 hex of `snapshotBytes`: what an approval names. */
export function digestOf(snapshot: Snapshot): string {
  return createHash("sha256").update(snapshotBytes(snapshot)).digest("hex");
}

/**
 * What the next scan compares with: parts that could not be read now stand as they were last seen. Otherwise a change
 * made while a part was unreadable would fall between two scans.
 */
export function carryForward(previous: Snapshot, current: Snapshot): Snapshot {
  const parts = snapshotPartNames.map((name) => {
    const now = current.parts[name];
    return [name, now.state === "unavailable" ? previous.parts[name] : now];
  });
  // As above: the keys are exactly the part names.
  return { ...current, parts: Object.fromEntries(parts) as Snapshot["parts"] };
}
