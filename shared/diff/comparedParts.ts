import type { DatabasePartName, DatabaseParts, SnapshotPart } from "../model/drift.ts";
import { subjectOf } from "../controls/control.ts";
import { rowPolicyItem } from "./databaseItem.ts";
import { namesOf } from "./itemKey.ts";
import { namesWithoutMaintain, type Upgrade } from "./upgrade.ts";

type Sides = readonly [before: SnapshotPart, after: SnapshotPart];

/** The two sides of a part, in a form in which every difference means something. */
export function comparedParts(
  part: DatabasePartName,
  before: DatabaseParts,
  after: DatabaseParts,
  { isUpgrade, bringsMaintain }: Upgrade,
): Sides {
  const sides: Sides = [before[part], after[part]];
  if (part === "rowPolicies")
    return withoutHidden(isUpgrade ? withItems(sides, withoutExpressions) : sides, before, after);
  if (part === "protectedTables") return withCounts(sides, before, after);
  return part === "defaultPrivileges" && bringsMaintain ? withItems(sides, withoutMaintainIn) : sides;
}

/**
 * What is left out of the policies of two snapshots that could both read them, as a clause; undefined when all of
 * them, with every expression, are compared.
 */
export function leftOutOfPolicies(
  before: DatabaseParts,
  after: DatabaseParts,
  { isUpgrade }: Pick<Upgrade, "isUpgrade">,
): string | undefined {
  const sides: Sides = [before.rowPolicies, after.rowPolicies];
  const hidden = [...new Set([...hiddenTables(sides[0], before), ...hiddenTables(sides[1], after)])];
  if (hidden.length > 0) {
    const shown = hidden.slice(0, namedTables).map((key) => namesOf(key).join("."));
    const rest = hidden.length > namedTables ? ` and ${hidden.length - namedTables} more` : "";
    return `the policies of ${shown.join(", ")}${rest} could not all be seen`;
  }
  return isUpgrade && hasOtherWords(sides)
    ? "PostgreSQL writes the expressions of policies anew in each major version, and they differ from the baseline's"
    : undefined;
}

const namedTables = 20;

function hasOtherWords([before, after]: Sides): boolean {
  return Object.entries(after.items).some(([key, value]) => {
    const old = rowPolicyItem(before.items[key]);
    const now = rowPolicyItem(value);
    return old !== undefined && now !== undefined && (old.using !== now.using || old.check !== now.check);
  });
}

function withItems(sides: Sides, change: (items: SnapshotPart["items"]) => SnapshotPart["items"]): Sides {
  const [before, after] = sides;
  return [
    { ...before, items: change(before.items) },
    { ...after, items: change(after.items) },
  ];
}

function mapped(items: SnapshotPart["items"], change: (value: object) => unknown): SnapshotPart["items"] {
  const entries = Object.entries(items).map(([key, value]) => {
    return [key, typeof value === "object" && value !== null ? change(value) : value] as const;
  });
  return Object.fromEntries(entries);
}

/** Another major version writes the same expression in other words: only whether there is one can be compared. */
function withoutExpressions(items: SnapshotPart["items"]): SnapshotPart["items"] {
  return mapped(items, (value) => {
    const policy = rowPolicyItem(value);
    return policy === undefined ? value : { ...policy, using: presence(policy.using), check: presence(policy.check) };
  });
}

function presence(expression: string | null): string | null {
  return expression === null ? null : "(compared within one major version only)";
}

function withoutMaintainIn(items: SnapshotPart["items"]): SnapshotPart["items"] {
  const kept = Object.entries(items).flatMap(([key, value]) => {
    if (!Array.isArray(value) || namesOf(key)[2] !== "table") return [[key, value] as const];
    const names = namesWithoutMaintain(value.map(String));
    return names.length === 0 ? [] : [[key, names] as const];
  });
  return Object.fromEntries(kept);
}

/** How many policies a table has is told by the policies themselves, where both sides could read them. */
function withCounts(sides: Sides, before: DatabaseParts, after: DatabaseParts): Sides {
  if (before.rowPolicies.state === "unavailable" || after.rowPolicies.state === "unavailable") return sides;
  return withItems(sides, (items) => mapped(items, (value) => ({ ...value, policyCount: null })));
}

/** Policies of a table that was locked are not there to see, but counted: they are not removed. */
function withoutHidden([before, after]: Sides, old: DatabaseParts, now: DatabaseParts): Sides {
  const hidden = new Set([...hiddenTables(before, old), ...hiddenTables(after, now)]);
  if (hidden.size === 0) return [before, after];
  return withItems([before, after], (items) =>
    Object.fromEntries(Object.entries(items).filter(([key]) => !hidden.has(tableOf(key)))),
  );
}

function hiddenTables(policies: SnapshotPart, { protectedTables }: DatabaseParts): readonly string[] {
  const seen = new Map<string, number>();
  for (const key of Object.keys(policies.items)) seen.set(tableOf(key), (seen.get(tableOf(key)) ?? 0) + 1);
  return Object.entries(protectedTables.items)
    .filter(([key, value]) => (seen.get(key) ?? 0) < countIn(value))
    .map(([key]) => key);
}

function tableOf(policy: string): string {
  const [schema = "", table = ""] = namesOf(policy);
  return subjectOf("protectedTable", schema, table);
}

function countIn(table: unknown): number {
  const isCounted = typeof table === "object" && table !== null && "policyCount" in table;
  return isCounted && typeof table.policyCount === "number" ? table.policyCount : 0;
}
