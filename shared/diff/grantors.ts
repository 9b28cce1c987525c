import { subjectOf } from "../controls/control.ts";
import type { Membership } from "../model/catalogEvidence.ts";
import type { AclGroup } from "../model/databaseEvidence.ts";
import type { DatabasePosture } from "../model/posture.ts";
import type { Section } from "../model/section.ts";
import { aclKey, granteeText, namedLetters } from "./aclKey.ts";
import { byCodeUnit } from "./canonical.ts";

/** The options of a membership as letters: `AIS`, `S`, nothing. */
export function optionLetters({ admin, inherit, set }: Pick<Membership, "admin" | "inherit" | "set">): string {
  return `${admin ? "A" : ""}${inherit ? "I" : ""}${set ? "S" : ""}`;
}

/** By membership, who granted it and with which options: `alice=A,azuresu=IS`. */
export function membershipGrantors(memberships: readonly Membership[]): Readonly<Record<string, string>> {
  const grantors = new Map<string, string[]>();
  for (const edge of memberships) {
    const key = subjectOf("membership", edge.role, edge.member);
    const text = `${granteeText(edge.grantor)}=${optionLetters(edge)}`;
    const known = grantors.get(key);
    if (known === undefined) grantors.set(key, [text]);
    else known.push(text);
  }
  return Object.fromEntries([...grantors].map(([key, texts]) => [key, texts.sort().join()]));
}

/** The grantors that `membershipGrantors` names. */
export function grantorNames(text: string): readonly string[] {
  return namedLetters(text).map(([name]) => name ?? "");
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
