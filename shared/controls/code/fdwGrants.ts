import type { AclGroup } from "../../model/databaseEvidence.ts";
import { defineDatabaseControl, fail, subjectOf } from "../control.ts";
import { applicationHolders } from "../rls/applicationHolders.ts";
import { applicationLogins, judgeLogins } from "../rls/applicationLogins.ts";
import { grantAccess } from "../rls/databaseAccess.ts";

export const fdwGrants = defineDatabaseControl({
  meta: {
    id: "fdw-grants",
    title: "Applications may not open connections to other servers",
    severity: "medium",
    requires: ["roles", "memberships", "context"],
    mayRead: ["server", "entraAdministrators", "databases", "sharedAcls"],
    requiresInDatabase: ["acls"],
    frameworks: {
      published: { cisPostgresql: ["4.5"] },
      proposed: { mcsb: ["PA-7"], nist80053r5: ["AC-6"], pciDss401: ["7.2.1"], iso27001_2022: ["A.8.3"] },
    },
    rationale:
      "With USAGE on a wrapper a role makes foreign servers of its own, with USAGE on a server it enters it as whom it likes, and dblink_connect_u connects without a password, as the server itself. Reading a foreign table needs none of them.",
    remediation: {
      sql: `-- Likewise: on foreign data wrapper …, execute on function dblink_connect_u(text). PUBLIC stands without quotes.
revoke usage on foreign server "<server>" from "<grantee>";`,
    },
  },

  evaluateDatabase({ acls, ...evidence }, policy, { database, takenAt }) {
    const ways = acls.flatMap(waysOut);
    if (ways.length === 0) return [];
    const logins = applicationLogins(evidence, policy, takenAt);
    const grants = grantAccess(database, { acls, ...evidence });

    return ways.map(({ group, name, subjectKind, letter, words }) => {
      const { kind, schema } = group;
      const names = schema === null ? [name] : [schema, name];
      const subject = subjectOf(subjectKind, database, ...names);
      const fact = `${words} ${names.join(".")} in database ${database}`;
      if (group.grants.some(({ grantee, privileges }) => grantee === null && privileges.includes(letter)))
        return fail(subject, `PUBLIC has ${fact}.`);
      const holdersOf = applicationHolders(logins, grants, { kind, letters: letter, owner: true });
      return judgeLogins(subject, holdersOf(schema, name), logins, {
        passes: `No application has ${fact}.`,
        fails: (holderNames) => `These applications have ${fact}: ${holderNames}.`,
      });
    });
  },
});

interface WayOut {
  readonly group: AclGroup;
  readonly name: string;
  readonly subjectKind: string;
  readonly letter: string;
  readonly words: string;
}

/** An untouched dblink_connect_u is nobody's and stands in no evidence. */
function waysOut(group: AclGroup): readonly WayOut[] {
  const { kind, objects } = group;
  if (kind === "fdw")
    return objects.map((name) => ({
      ...{ group, name, subjectKind: "foreignDataWrapper", letter: "U" },
      words: "USAGE on foreign data wrapper",
    }));
  if (kind === "server")
    return objects.map((name) => ({
      ...{ group, name, subjectKind: "foreignServer", letter: "U" },
      words: "USAGE on foreign server",
    }));
  if (kind !== "function") return [];
  return objects
    .filter((name) => name.startsWith("dblink_connect_u("))
    .map((name) => ({ ...{ group, name, subjectKind: "function", letter: "X" }, words: "EXECUTE on function" }));
}
