import { subjectOf } from "../controls/control.ts";
import type { Membership } from "../model/catalogEvidence.ts";
import type { MembershipGrantors } from "../model/drift.ts";
import type { AclGroup } from "../model/databaseEvidence.ts";
import type { DatabasePosture } from "../model/posture.ts";
import type { Section } from "../model/section.ts";
import { aclKey, granteeText, namedLetters } from "./aclKey.ts";
import { byCodeUnit } from "./canonical.ts";
import { sameValue } from "./sameValue.ts";

/** The options of a membership as letters: `AIS`, `S`, nothing. */
export function optionLetters({ admin, inherit, set }: Pick<Membership, "admin" | "inherit" | "set">): string {
  return `${admin ? "A" : ""}${inherit ? "I" : ""}${set ? "S" : ""}`;
}

/** Who granted memberships, with which options. */
export function membershipGrantors(memberships: readonly Membership[]): MembershipGrantors {
  const counts = new Map<string, number>();
  for (const { grantor } of memberships) counts.set(grantor, (counts.get(grantor) ?? 0) + 1);
  const [usual] = [...counts].sort(([left, few], [right, many]) => many - few || byCodeUnit(left, right))[0] ?? [null];

  const texts = new Map<string, string[]>();
  for (const edge of memberships) {
    const key = subjectOf("membership", edge.role, edge.member);
    const text = `${granteeText(edge.grantor)}=${optionLetters(edge)}`;
    const known = texts.get(key);
    if (known === undefined) texts.set(key, [text]);
    else known.push(text);
  }
  const alone = `${granteeText(usual)}=`;
  const others = [...texts].filter(([, found]) => found.length > 1 || found[0]?.startsWith(alone) !== true);
  return { usual, others: Object.fromEntries(others.map(([key, found]) => [key, found.sort().join()])) };
}

/** Who granted one membership, sorted. */
export function grantorsIn({ usual, others }: MembershipGrantors, membership: string): readonly string[] {
  const text = Object.hasOwn(others, membership) ? others[membership] : undefined;
  if (text === undefined) return usual === null ? [] : [usual];
  return namedLetters(text).map(([name]) => name ?? "");
}

/** Of these memberships, the ones that others granted than before. */
export function regranted(
  before: MembershipGrantors,
  after: MembershipGrantors,
  memberships: readonly string[],
): readonly string[] {
  const possible =
    before.usual === after.usual
      ? new Set([...Object.keys(before.others), ...Object.keys(after.others)])
      : new Set(memberships);
  return [...possible].filter((key) => !sameValue(grantorsIn(before, key), grantorsIn(after, key)));
}

/**
 * Who granted what on objects, where it was not the owner: by database and group, then by grantee. The owner grants
 * nearly everything, and saying so of 50,000 tables would double the snapshot.
 */
export function aclGrantors(
  shared: Section<AclGroup>,
  databases: readonly DatabasePosture[],
): Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> {
  const found = new Map<string, Map<string, Set<string>>>();
  add(shared, null);
  for (const { name, sections } of databases) add(sections.acls, name);
  return Object.fromEntries(
    [...found].map(([key, grantees]) => [
      key,
      Object.fromEntries([...grantees].map(([grantee, grantors]) => [grantee, [...grantors].sort(byCodeUnit)])),
    ]),
  );

  function add(section: Section<AclGroup>, database: string | null): void {
    for (const group of section.state === "collected" ? section.items : []) {
      for (const { grantee, grantors } of group.grants) {
        const others = grantors.filter((grantor) => grantor !== group.owner);
        if (others.length === 0) continue;
        const key = grantorsKey(database, aclKey(group));
        const grantees = found.get(key) ?? new Map<string, Set<string>>();
        const known = grantees.get(granteeText(grantee)) ?? new Set<string>();
        for (const grantor of others) known.add(grantor);
        found.set(key, grantees.set(granteeText(grantee), known));
      }
    }
  }
}

/** Where the grantors of an ACL group stand in the evidence. */
export function grantorsKey(database: string | null, key: string): string {
  return `${grantorsScope(database)}/${key}`;
}

/** `server`, or `database/shop`: what the key of a group's grantors begins with. */
export function grantorsScope(database: string | null): string {
  return database === null ? "server" : subjectOf("database", database);
}

/** The scope that a key begins with. */
export function scopeOf(key: string): string {
  return key.split("/", key.startsWith("server/") ? 1 : 2).join("/");
}
