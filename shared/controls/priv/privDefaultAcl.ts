import type { DefaultPrivilege } from "../../model/databaseEvidence.ts";
import { defineDatabaseControl, fail, pass, subjectOf, verdict } from "../control.ts";
import { isPlatformOwner } from "./applicationObjects.ts";

export const privDefaultAcl = defineDatabaseControl({
  meta: {
    id: "priv-default-acl",
    title: "Default privileges do not hand rights to PUBLIC",
    severity: "medium",
    requires: [],
    requiresInDatabase: ["defaultPrivileges", "definerFunctions"],
    frameworks: {
      published: { cisPostgresql: ["4.5", "4.6"] },
      proposed: {
        mcsb: ["PA-7"],
        nist80053r5: ["AC-6", "CM-6"],
        pciDss401: ["7.2.1", "7.3.3"],
        iso27001_2022: ["A.8.3"],
      },
    },
    rationale:
      "A default privilege is a grant on everything that is yet to be made. PostgreSQL's own default lets PUBLIC execute each new function, which opens a SECURITY DEFINER one to everybody in the moment it exists.",
    remediation: {
      sql: `-- Functions, for an owner of SECURITY DEFINER functions:
alter default privileges for role "<owner>" revoke execute on routines from public;
-- The others, with the kind of object that the message names, and in schema … where it names one:
alter default privileges for role "<owner>" revoke all on tables from public;
alter default privileges for role "<owner>" revoke all on sequences from public;`,
    },
  },

  evaluateDatabase({ defaultPrivileges, definerFunctions }, _policy, { database }) {
    const granted = defaultPrivileges
      .filter(({ sign, grantee, owner }) => sign === "+" && grantee === null && !isPlatformOwner(owner))
      .map(({ owner, kind, schema, privileges }) => {
        const where = schema === null ? "" : ` in schema ${schema}`;
        return fail(
          subjectOf("defaultPrivilege", database, owner, kind, ...(schema === null ? [] : [schema])),
          `PUBLIC gets ${privileges.join(", ")} on each ${kind} that ${owner} makes${where} in database ${database}.`,
        );
      });

    const definers = new Set(
      definerFunctions
        .filter(({ extension, owner }) => !extension && !isPlatformOwner(owner))
        .map(({ owner }) => owner),
    );
    const executed = [...definers].sort().map((owner) => {
      const isRevoked = defaultPrivileges.some((one) => one.owner === owner && takesExecuteFromPublic(one));
      const may = isRevoked ? "cannot" : "may";
      const message = `PUBLIC ${may} execute each function that ${owner}, an owner of SECURITY DEFINER functions, makes in database ${database}.`;
      return verdict(subjectOf("defaultPrivilege", database, owner, "function"), isRevoked, message);
    });

    const judged = [...granted, ...executed];
    if (judged.length > 0) return judged;
    return [pass(subjectOf("database", database), `No default privilege of database ${database} names PUBLIC.`)];
  },
});

/** Only a default for all schemas takes away what is built in; one of a schema can but add. */
function takesExecuteFromPublic({ sign, grantee, kind, schema, privileges }: DefaultPrivilege): boolean {
  return sign === "-" && grantee === null && kind === "function" && schema === null && privileges.includes("EXECUTE");
}
