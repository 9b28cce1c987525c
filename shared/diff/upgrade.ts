import type { Snapshot } from "../model/drift.ts";
import { type Acl, privilegesOf } from "./aclKey.ts";

/** What a change of the major version does by itself, between two snapshots (roles.md §7, "Upgrade handling"). */
export interface Upgrade {
  /** Whether the two are of different major versions; expressions are deparsed differently then. */
  readonly isUpgrade: boolean;
  /** Whether 17 lies between them: it has the privilege MAINTAIN, which all of 16 becomes all of 17 with. */
  readonly bringsMaintain: boolean;
}

/** A version that is not known is taken for the other side's. */
export function upgradeBetween(before: Snapshot, after: Snapshot): Upgrade {
  const [old, now] = [before.volatile.majorVersion, after.volatile.majorVersion];
  if (old === null || now === null || old === now) return { isUpgrade: false, bringsMaintain: false };
  return { isUpgrade: true, bringsMaintain: old < 17 !== now < 17 };
}

const allBefore17 = ["D", "a", "d", "r", "t", "w", "x"];

/** The same ACL as version 16 would write it: whoever holds everything holds MAINTAIN with it. */
export function withoutMaintain(acl: Acl): Acl {
  if (!relations.has(acl.kind)) return acl;
  const grants = new Map([...acl.grants].map(([grantee, letters]) => [grantee, shortened(letters)]));
  const owners = grants.get(acl.owner);
  if (acl.ownerFull || owners === undefined || !holdsAll(owners)) return { ...acl, grants };
  // All that an owner had in 16 is not all that it could have in 17.
  grants.delete(acl.owner);
  return { ...acl, ownerFull: true, grants };
}

const relations: ReadonlySet<string> = new Set(["table", "view", "matview", "foreign_table"]);

function shortened(letters: string): string {
  return holdsAll(letters) ? letters.replace(/m\*?/, "") : letters;
}

function holdsAll(letters: string): boolean {
  const held = new Set(privilegesOf(letters).map(({ letter }) => letter));
  return allBefore17.every((letter) => held.has(letter));
}

const allNamesBefore17 = ["DELETE", "INSERT", "REFERENCES", "SELECT", "TRIGGER", "TRUNCATE", "UPDATE"];

/** The same for default privileges, which stand as names. */
export function namesWithoutMaintain(names: readonly string[]): readonly string[] {
  const bare = new Set(names.map((name) => name.replace(/\*$/, "")));
  const holdsEverything = allNamesBefore17.every((name) => bare.has(name));
  // What an owner keeps of its default without MAINTAIN is all of 16.
  if (!holdsEverything && names.length > 1) return names;
  return names.filter((name) => name !== "MAINTAIN" && name !== "MAINTAIN*");
}
