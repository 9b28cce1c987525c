import { subjectOf } from "../controls/control.ts";
import type { Snapshot } from "../model/drift.ts";
import type { Change } from "./changes.ts";
import { type AclIndex, aclIndex, databaseParents } from "./databaseParents.ts";
import { kindOf, namesOf } from "./itemKey.ts";
import { definerFunctionItem, ownedItem, protectedViewItem } from "./databaseItem.ts";
import { type MembershipEffect, parameterItem, roleItem } from "./items.ts";
import { judgeParameter } from "./judgeParameter.ts";
import { isGrave } from "./judgement.ts";

/** One thing that somebody did, with the changes that came of it. */
export interface Cause {
  readonly change: Change;
  readonly effects: readonly Change[];
}

export interface Causes {
  readonly causes: readonly Cause[];
  /** The cause that a change belongs to, by key; a cause is its own. */
  readonly causeOf: ReadonlyMap<string, string>;
}

interface Sides {
  readonly changes: ReadonlyMap<string, Change>;
  readonly before: Snapshot;
  readonly after: Snapshot;
  readonly acls: AclIndex;
  /** Views that themselves changed, by the protected table that they are over. */
  readonly views: ReadonlyMap<string, readonly string[]>;
}

/** Sorts changes into causes: what follows from another change of the same comparison is its effect. */
export function causesOf(changes: readonly Change[], before: Snapshot, after: Snapshot): Causes {
  const byKey = new Map(changes.map((change) => [change.key, change]));
  const sides = { changes: byKey, before, after, acls: aclIndex(changes), views: changedViews(changes) };
  const parents = new Map(changes.map((change) => [change.key, parentOf(change, sides)]));
  const causeOf = new Map<string, string>();
  for (const { key } of changes) {
    let cause = key;
    // The rules lead from later to earlier things only, so there is no circle.
    for (let parent = parents.get(key); parent !== undefined; parent = parents.get(parent)) cause = parent;
    causeOf.set(key, cause);
  }

  const effects = Map.groupBy(changes, ({ key }) => causeOf.get(key) ?? key);
  const causes = changes
    .filter(({ key }) => causeOf.get(key) === key)
    .map((change) => ({ change, effects: (effects.get(change.key) ?? []).filter(({ key }) => key !== change.key) }));
  return { causes, causeOf };
}

/** The change that this one follows from; undefined when it stands for itself. */
function parentOf(change: Change, sides: Sides): string | undefined {
  return candidates(change, sides).find((key) => key !== change.key && sides.changes.has(key));
}

function candidates(change: Change, sides: Sides): readonly string[] {
  switch (kindOf(change.key)) {
    case "server":
      return serverParents[change.key] ?? [];
    case "setting":
      return [subjectOf("parameter", ...namesOf(change.key))];
    case "parameter":
      return isPlatformDefault(change) ? ["server/version", "server/skuName"] : [];
    case "privateDnsZone":
      return ["server/privateDnsZoneId"];
    case "delegatedNetwork":
      return ["server/delegatedSubnetId"];
    case "securityRule":
      return isOtherGroup(sides.changes.get("delegatedNetwork")) ? ["delegatedNetwork"] : [];
    case "passwordType":
      return roleThatCameOrWent(change.key, sides);
    case "roleSetting":
      return roleThatCameOrWent(change.key, sides);
    case "role":
      return roleParents(change, sides);
    case "membership":
      return membershipParents(change, sides);
    case "grant":
      return [...grantParents(change, sides), ...databaseParents(change, sides.acls)];
    case "protectedView":
      return [...databaseParents(change, sides.acls), ...lowerViews(change, sides)];
    default:
      return change.part === "definerFunctions" && isExtensions(change)
        ? [...databaseParents(change, sides.acls), ...extensionsIn(change, sides)]
        : databaseParents(change, sides.acls);
  }
}

const serverParents: Readonly<Record<string, readonly string[]>> = {
  "server/skuTier": ["server/skuName"],
  "server/sourceServerId": ["server/replicationRole"],
  "server/privateDnsZoneId": ["server/delegatedSubnetId"],
  "server/encryptionKeyUri": ["server/encryptionType"],
  "server/encryptionKeyStatus": ["server/encryptionType", "server/encryptionKeyUri"],
};

/** Defaults follow the major version and the compute size. One that weakens the server is still told on its own. */
function isPlatformDefault(change: Change): boolean {
  const isOverride = [change.before, change.after].some((side) => parameterItem(side)?.source === "user-override");
  return !isOverride && !isGrave(judgeParameter(change).severity);
}

/** With another security group all its rules are others. */
function isOtherGroup(network: Change | undefined): boolean {
  return groupOf(network?.before) !== groupOf(network?.after);
}

function groupOf(network: unknown): unknown {
  return typeof network === "object" && network !== null && "securityGroupId" in network
    ? network.securityGroupId
    : null;
}

/** What a role brings when it is created goes with it when it is dropped. */
function roleThatCameOrWent(key: string, { changes }: Sides): readonly string[] {
  const name = key.split("/")[1] ?? "";
  if (name === "*") return [];
  const role = `role/${name === "%2A" ? "*" : name}`;
  return changes.get(role)?.change === "changed" ? [] : [role];
}

/** What was granted to a role goes with it when it is dropped. */
function grantParents({ change, delta }: Change, { changes }: Sides): readonly string[] {
  if (change !== "removed" || delta?.type !== "grant" || delta.grantee === null) return [];
  const role = subjectOf("role", delta.grantee);
  return ["removed", "recreated"].includes(changes.get(role)?.change ?? "") ? [role] : [];
}

function isExtensions({ before, after }: Change): boolean {
  return [before, after].some((side) => definerFunctionItem(side)?.extension === true);
}

function changedViews(changes: readonly Change[]): Sides["views"] {
  const own = changes.filter((change) => kindOf(change.key) === "protectedView" && !readsOtherwiseOnly(change));
  const keys = Map.groupBy(own, tableUnder);
  return new Map([...keys].map(([table, found]) => [table, found.map(({ key }) => key)]));
}

/** With whose rights a view reads is decided by the lowest view of its chain. */
function lowerViews(change: Change, { views }: Sides): readonly string[] {
  return readsOtherwiseOnly(change) ? (views.get(tableUnder(change)) ?? []) : [];
}

function tableUnder({ key, database }: Change): string {
  const [, , , schema = "", table = ""] = namesOf(key);
  return subjectOf("protectedTable", database ?? "", schema, table);
}

/** The view itself is as it was. */
function readsOtherwiseOnly({ before, after }: Change): boolean {
  const [old, now] = [protectedViewItem(before), protectedViewItem(after)];
  if (old === undefined || now === undefined) return false;
  return old.owner === now.owner && old.invoker === now.invoker && old.materialized === now.materialized;
}

/** An extension's functions come, go and change with it; which extension's they are is not told. */
function extensionsIn({ database }: Change, { changes }: Sides): readonly string[] {
  return [...changes.values()]
    .filter(({ part, database: one }) => part === "extensions" && one === database)
    .map(({ key }) => key);
}

/** An Entra administrator is added over ARM; the role of that object id, its attributes and edge follow. */
function roleParents({ key, change, before, after }: Change, sides: Sides): readonly string[] {
  if (namesOf(key)[0]?.startsWith("pg_") === true) return ["server/version"];
  const [old, current] = [roleItem(before), roleItem(after)];
  const objectId = (current ?? old)?.entra?.objectId.toLowerCase();
  if (objectId === undefined) return [];
  const administrator = subjectOf("entraAdministrator", objectId);
  // A role that now stands for somebody else is its own cause, and a grave one.
  const isSame = old?.entra === undefined || old.entra === null || old.entra.objectId.toLowerCase() === objectId;
  const direction = sides.changes.get(administrator)?.change;
  return isSame && (direction === change || (direction === "added" && change === "changed")) ? [administrator] : [];
}

function membershipParents({ key, change, after }: Change, sides: Sides): readonly string[] {
  const [role = "", member = ""] = namesOf(key);
  const [granted, holder] = [subjectOf("role", role), subjectOf("role", member)];
  if (role.startsWith("pg_") && member.startsWith("pg_")) return ["server/version"];
  if (role === "pg_database_owner") {
    const owned = databaseOf(member, change, sides);
    if (owned.length > 0) return owned;
  }
  if (change === "removed") {
    const dropped = [granted, holder].filter((name) =>
      ["removed", "recreated"].includes(sides.changes.get(name)?.change ?? ""),
    );
    return [...dropped, ...administratorOf(key, role, holder, "removed", sides)];
  }
  if (change !== "added") return [];
  if (sides.changes.get(granted)?.change === "added" && isCreators(member, after)) return [granted];
  return administratorOf(key, role, holder, "added", sides);
}

/** The owner of a database is the one member of pg_database_owner there. */
function databaseOf(member: string, change: Change["change"], { changes }: Sides): readonly string[] {
  return [...changes.values()]
    .filter(({ part, before, after }) => {
      return part === "databases" && ownedItem(change === "removed" ? before : after)?.owner === member;
    })
    .map(({ key }) => key);
}

/** The edge into azure_pg_admin that Azure makes or takes away with an Entra administrator. */
function administratorOf(
  key: string,
  role: string,
  holder: string,
  direction: "added" | "removed",
  { changes, before, after }: Sides,
): readonly string[] {
  if (role !== "azure_pg_admin" || !key.startsWith("membership/")) return [];
  const side = direction === "added" ? after : before;
  const objectId = roleItem(side.parts.roles.items[holder])?.entra?.objectId.toLowerCase();
  if (objectId === undefined) return [];
  const administrator = subjectOf("entraAdministrator", objectId);
  return changes.get(administrator)?.change === direction ? [administrator] : [];
}

/** From 16 on, whoever creates a role gets it with ADMIN OPTION alone, and perhaps by `createrole_self_grant` the rest. */
function isCreators(member: string, after: unknown): boolean {
  // Memberships in changes are what `membershipEffects` made.
  const { admin, inherit, set, grantors } = after as MembershipEffect;
  return (admin && !inherit && !set) || (admin && grantors.includes(member));
}
