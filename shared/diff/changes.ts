import type { Drift, Snapshot, SnapshotPartName } from "../model/drift.ts";
import { byCodeUnit, canonicalJson } from "./canonical.ts";
import { namesOf } from "./itemKey.ts";
import { membershipItem, type MembershipEffect } from "./items.ts";
import { snapshotPartNames } from "./snapshot.ts";
import { subjectOf } from "../controls/control.ts";

/** One item that is not the same in two snapshots. */
export interface Change {
  readonly part: SnapshotPartName;
  readonly key: string;
  readonly change: Drift["change"];
  /** Null when absent on that side. */
  readonly before: unknown;
  readonly after: unknown;
}

/** Item by item. A part that either side could not read says nothing: what was not visible is not removed. */
export function changesBetween(before: Snapshot, after: Snapshot): readonly Change[] {
  return snapshotPartNames.flatMap((part) => {
    if (before.parts[part].state === "unavailable" || after.parts[part].state === "unavailable") return [];
    return changesOf(part, itemsOf(before, part), itemsOf(after, part));
  });
}

function itemsOf(snapshot: Snapshot, part: SnapshotPartName): ReadonlyMap<string, unknown> {
  return part === "memberships" ? membershipEffects(snapshot) : new Map(Object.entries(snapshot.parts[part].items));
}

function changesOf(
  part: SnapshotPartName,
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
): readonly Change[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort(byCodeUnit);
  return keys.flatMap((key): readonly Change[] => {
    const sides = { part, key, before: before.get(key) ?? null, after: after.get(key) ?? null };
    if (!before.has(key)) return [{ ...sides, change: "added" }];
    if (!after.has(key)) return [{ ...sides, change: "removed" }];
    return canonicalJson(sides.before) === canonicalJson(sides.after) ? [] : [{ ...sides, change: "changed" }];
  });
}

/** Several grantors may each give options: what counts is their union, the grantors are evidence (roles.md §7). */
export function membershipEffects(snapshot: Snapshot): ReadonlyMap<string, MembershipEffect> {
  const effects = new Map<string, MembershipEffect>();
  for (const [key, value] of Object.entries(snapshot.parts.memberships.items)) {
    const [role = "", member = "", grantor = ""] = namesOf(key);
    const edge = membershipItem(value);
    const pair = subjectOf("membership", role, member);
    const known = effects.get(pair);
    effects.set(pair, {
      admin: edge.admin || known?.admin === true,
      inherit: edge.inherit || known?.inherit === true,
      set: edge.set || known?.set === true,
      grantors: [...new Set([...(known?.grantors ?? []), grantor])].sort(byCodeUnit),
    });
  }
  return effects;
}
