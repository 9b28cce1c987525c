import type { AccessPair } from "./accessPair.ts";
import { capital, granteeWords } from "./aclWords.ts";
import type { Change } from "./changes.ts";
import { judgeGained, judgeLost } from "./gainWords.ts";
import { namesOf } from "./itemKey.ts";
import type { Judgement } from "./judgement.ts";
import { gainersOf, losersOf } from "./principals.ts";

const many: Readonly<Record<string, string>> = { large_object: "large objects" };

/** What future objects will grant: it multiplies with every one of them (roles.md §6.2). */
export function judgeDefaultPrivilege(
  { key, database, before, after }: Change,
  access: AccessPair | undefined,
): Judgement {
  const [, owner = "", schema = "", kind = "", sign = "", grantee = ""] = namesOf(key);
  const role = grantee === "PUBLIC" ? null : unquoted(grantee);
  const [old, now] = [listOf(before), listOf(after)];
  // A built-in default that was taken away is the other way round: to take away less is to grant.
  const [less, more] = sign === "-" ? [now, old] : [old, now];
  const gained = more.filter((name) => !less.includes(name));
  const lost = less.filter((name) => !more.includes(name));
  const where = schema === "*" ? "" : ` in schema ${unquoted(schema)}`;
  const on = `future ${many[kind] ?? `${kind}s`} of ${owner}${where} in database ${database ?? ""}`;
  if (gained.length === 0) {
    const what = `use ${lost.join(", ")} on ${on}`;
    const message = `${capital(granteeWords(role))} will not get ${lost.join(", ")} on ${on} any more`;
    return judgeLost({ severity: "info", message, what, gainers: losersOf(role, [], access) });
  }
  return judgeGained({
    severity: role === null ? "high" : "medium",
    message: `${capital(granteeWords(role))} will get ${gained.join(", ")} on ${on}`,
    what: `use ${gained.join(", ")} on ${on}`,
    gainers: gainersOf(role, [], access),
    grantee: role,
  });
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function unquoted(name: string): string {
  if (!name.startsWith('"')) return name;
  try {
    return String(JSON.parse(name));
  } catch {
    return name;
  }
}
