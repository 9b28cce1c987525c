import { subjectOf } from "../controls/control.ts";
import { isPlatformRole } from "../controls/role/platformRoles.ts";
import type { Snapshot } from "../model/drift.ts";
import type { AccessPair } from "./accessPair.ts";
import { everything, type GrantDelta } from "./aclDelta.ts";
import { type Acl, granteeText, privilegesOf } from "./aclKey.ts";
import { capital, granteeWords, objectsText, privilegeText } from "./aclWords.ts";
import { judgeGained, judgeLost } from "./gainWords.ts";
import { grantorsKey } from "./grantors.ts";
import { roleItem } from "./items.ts";
import { type Judgement, worst } from "./judgement.ts";
import { gainersOf, losersOf } from "./principals.ts";
import { isSystem, weightOfPrivilege } from "./privilegeWeight.ts";

export interface AclSides {
  readonly before: Snapshot;
  readonly after: Snapshot;
  /** Undefined when roles or memberships could not be read. */
  readonly access: AccessPair | undefined;
}

/** What one side holds and the other does not. */
interface Difference {
  readonly letters: readonly string[];
  /** Letters that may be granted on, and could not on the other side. */
  readonly grantable: readonly string[];
}

/** What one grantee got or lost on objects that were there before. */
export function judgeGrant(delta: GrantDelta, database: string | null, sides: AclSides): Judgement {
  const gained = differenceOf(delta.after, delta.before);
  const lost = differenceOf(delta.before, delta.after);
  const isGain = gained.letters.length + gained.grantable.length > 0;
  return isGain ? gain(delta, database, gained, lost, sides) : loss(delta, database, lost, sides);
}

function differenceOf(more: string | null, less: string | null): Difference {
  if (more === everything) return { letters: [everything], grantable: [] };
  if (less === everything) return { letters: [], grantable: [] };
  const known = new Map(privilegesOf(less ?? "").map(({ letter, grantable }) => [letter, grantable]));
  const all = privilegesOf(more ?? "");
  return {
    letters: all.filter(({ letter }) => !known.has(letter)).map(({ letter }) => letter),
    grantable: all
      .filter(({ letter, grantable }) => grantable && known.get(letter) !== true)
      .map(({ letter }) => letter),
  };
}

function gain(
  delta: GrantDelta,
  database: string | null,
  { letters, grantable }: Difference,
  lost: Difference,
  { after, access }: AclSides,
): Judgement {
  const { grantee } = delta;
  const got = textOf(letters, grantable);
  const isBorn = isSystem(delta.schema) ? "; PostgreSQL itself does not grant that" : "";
  const loses = lost.letters.length === 0 ? "" : ` and lost ${lost.letters.map(words).join(", ")}`;
  const on = objectsText(delta, database);
  return judgeGained(
    {
      severity: worst(
        ...letters.map((letter) => weightOfPrivilege(delta, grantee, letter)),
        grantable.length > 0 ? worst("medium", isSystem(delta.schema) ? "critical" : "medium") : "low",
      ),
      message: `${capital(granteeWords(grantee))} got ${got}${loses} on ${on}${grantorText(delta, database, after)}${isBorn}`,
      what: `use ${got} on ${on}`,
      // Whoever held the privilege before gains nothing but, perhaps, the right to grant it on.
      gainers: gainersOf(grantee, letters.length === 0 ? [] : commonHolders(delta.aclsBefore, letters), access),
      grantee,
    },
    lost.letters.length === 0 ? {} : { direction: "changed" },
  );
}

function loss(
  delta: GrantDelta,
  database: string | null,
  { letters, grantable }: Difference,
  { before, access }: AclSides,
): Judgement {
  const { grantee } = delta;
  const got = textOf(letters, grantable);
  const on = objectsText(delta, database);
  return judgeLost({
    severity: isService(grantee, before) ? "medium" : "info",
    message: `${capital(granteeWords(grantee))} lost ${got} on ${on}`,
    what: `use ${got} on ${on}`,
    gainers: losersOf(grantee, letters.length === 0 ? [] : commonHolders(delta.aclsAfter, letters), access),
  });
}

/** `SELECT, INSERT with GRANT OPTION`; a right to grant that came to a known privilege stands alone. */
function textOf(letters: readonly string[], grantable: readonly string[]): string {
  const held = letters.map((letter) => `${words(letter)}${grantable.includes(letter) ? " with GRANT OPTION" : ""}`);
  const options = grantable.filter((letter) => !letters.includes(letter));
  return [...held, ...options.map((letter) => `GRANT OPTION for ${words(letter)}`)].join(", ");
}

function words(letter: string): string {
  return letter === everything ? "every privilege of an owner" : privilegeText(letter);
}

/** Who held all of these privileges under every one of these ACLs: their owners did, and who needs no grant. */
export function commonHolders(acls: readonly Acl[], letters: readonly string[]): readonly (string | null)[] {
  const [first, ...others] = acls;
  if (first === undefined) return [];
  let common = holdersOf(first, letters);
  for (const acl of others) {
    if (common.size === 0) break;
    common = common.intersection(holdersOf(acl, letters));
  }
  return [...common];
}

function holdersOf({ kind, owner, ownerFull, grants }: Acl, letters: readonly string[]): ReadonlySet<string | null> {
  const holders = new Set<string | null>(ownerFull ? [owner] : []);
  // Azure lets it into the objects of every role but the platform's own (roles.md §4).
  if (!isPlatformRole(owner)) holders.add("azure_pg_admin");
  if (relations.has(kind) && letters.every((letter) => letter === "r")) holders.add("pg_read_all_data");
  if (relations.has(kind) && letters.every((letter) => "awd".includes(letter))) holders.add("pg_write_all_data");
  for (const [grantee, held] of grants) if (letters.every((letter) => held.includes(letter))) holders.add(grantee);
  return holders;
}

const relations: ReadonlySet<string> = new Set(["table", "view", "matview", "foreign_table", "sequence", "column"]);

/** `, granted by bob`: the owner is not named, it grants nearly everything. */
function grantorText({ grantee, groups }: GrantDelta, database: string | null, { volatile }: Snapshot): string {
  const grantors = groups.flatMap((key) => {
    const name = grantorsKey(database, key);
    const known = Object.hasOwn(volatile.aclGrantors, name) ? volatile.aclGrantors[name] : undefined;
    return known?.[granteeText(grantee)] ?? [];
  });
  return grantors.length === 0 ? "" : `, granted by ${[...new Set(grantors)].sort().join(", ")}`;
}

/** An application that loses a right stops working. */
function isService(grantee: string | null, { parts }: Snapshot): boolean {
  return grantee !== null && roleItem(parts.roles.items[subjectOf("role", grantee)])?.entra?.type === "service";
}
