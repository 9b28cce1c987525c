import type { AccessPair } from "./accessPair.ts";
import type { ObjectDelta, OwnerDelta } from "./aclDelta.ts";
import { type Acl, privilegesOf } from "./aclKey.ts";
import { capital, granteeWords, objectsText, privilegeText } from "./aclWords.ts";
import { judgeGained } from "./gainWords.ts";
import { atMost, type Judgement, judgement, worst } from "./judgement.ts";
import { gainersOf } from "./principals.ts";
import { isSystem, weightOfPrivilege } from "./privilegeWeight.ts";

/** Objects of another owner: it can do everything with them, and decides who else may. */
export function judgeOwner(delta: OwnerDelta, database: string | null, access: AccessPair | undefined): Judgement {
  const on = objectsText(delta, database);
  const severity = isSystem(delta.schema) ? "critical" : "medium";
  const message = `The owner of ${on} changed from ${delta.before} to ${delta.after}`;
  const gainers = gainersOf(delta.after, [delta.before], access);
  return judgeGained(
    { severity, message, what: `do everything with ${on}`, gainers, grantee: delta.after },
    { direction: "changed" },
  );
}

/** Objects that came or went, with the ACL that they came with. */
export function judgeObjects(delta: ObjectDelta, database: string | null): Judgement {
  const on = capital(objectsText(delta, database));
  const isOne = delta.objects.length === 1;
  if (delta.type === "vanished") {
    const what = isSystem(delta.schema)
      ? `${isOne ? "has" : "have"} the privileges again that PostgreSQL itself gives`
      : `${isOne ? "is" : "are"} gone`;
    return judgement("info", `${on} ${what}.`, [], { direction: "lost" });
  }
  const grants = grantsText(delta.acl);
  const weights = [...delta.acl.grants].flatMap(([grantee, letters]) =>
    privilegesOf(letters).map(({ letter }) => weightIn(delta, grantee, letter)),
  );
  // On a new object, what others of its kind grant already gives nobody a new kind of access.
  const severity = delta.isUsual ? atMost("low", worst(...weights, "info")) : worst(...weights, "info");
  if (isSystem(delta.schema))
    return judgement(
      "critical",
      `${on} ${isOne ? "has" : "have"} other privileges than PostgreSQL itself gives: ${grants || "none"}.`,
      [],
      { direction: "gained" },
    );
  const granted = grants === "" ? "" : `, with ${grants}`;
  return judgement(
    severity,
    `${on} ${isOne ? "is" : "are"} new, owned by ${delta.acl.owner}${granted}.`,
    [],
    grants === "" ? {} : { direction: "gained" },
  );
}

/** PostgreSQL itself gives everyone EXECUTE on a new function and USAGE of a new type. */
function weightIn(delta: ObjectDelta, grantee: string | null, letter: string) {
  const isBorn = grantee === null && ["function", "procedure", "aggregate", "type", "domain"].includes(delta.kind);
  return isBorn ? "low" : weightOfPrivilege(delta, grantee, letter);
}

function grantsText({ grants }: Acl): string {
  return [...grants]
    .map(([grantee, letters]) => {
      const held = privilegesOf(letters).map(
        ({ letter, grantable }) => `${privilegeText(letter)}${grantable ? " with GRANT OPTION" : ""}`,
      );
      return `${held.join(", ")} for ${granteeWords(grantee)}`;
    })
    .join("; ");
}
