import type { AclGroup } from "../../model/databaseEvidence.ts";
import { defineControl, pass, subjectOf, verdict } from "../control.ts";
import { isPlatformRole } from "../role/platformRoles.ts";
import { grantableLetters, granteeName, lettersOf, privilegeText } from "./privilegeNames.ts";

export const privParameterAcl = defineControl({
  meta: {
    id: "priv-parameter-acl",
    title: "Parameter grants (PG ≥ 15) are approved",
    severity: "medium",
    requires: ["sharedAcls", "context"],
    frameworks: {
      published: { cisPostgresql: ["6.5"] },
      proposed: {
        mcsb: ["PA-7"],
        nist80053r5: ["AC-6", "CM-5"],
        pciDss401: ["2.2.6"],
        iso27001_2022: ["A.8.9"],
      },
    },
    rationale:
      "SET on a parameter that is kept for superusers lets a login switch off its own logging or the triggers of its session; with ALTER SYSTEM it changes the server for all.",
    remediation: {
      sql: `revoke all on parameter "<parameter>" from "<role>" cascade;`,
    },
  },

  evaluate({ sharedAcls, context }, { privileges: { approvedParameterGrants } }) {
    const versionNum = context[0]?.versionNum ?? 0;
    if (versionNum < 150000) return [];
    const judged = sharedAcls.filter(({ kind }) => kind === "parameter").flatMap((group) => judge(group));
    return judged.length === 0 ? [pass("server", "No role was granted a parameter.")] : judged;

    function judge({ objects, grants, owner }: AclGroup) {
      const others = grants.filter(
        ({ grantee }) => grantee === null || (grantee !== owner && !isPlatformRole(grantee)),
      );
      return others.flatMap(({ grantee, privileges }) =>
        objects.map((parameter) => {
          const subject = subjectOf("parameter", parameter, granteeName(grantee));
          const isApproved = approvedParameterGrants.some((pair) => `parameter/${pair}` === subject);
          const option = grantableLetters(privileges).length === 0 ? "" : " with GRANT OPTION";
          const who = grantee === null ? "PUBLIC" : `Role ${granteeName(grantee)}`;
          const fact = `${who} has ${privilegeText(lettersOf(privileges))}${option} on parameter ${parameter}`;
          return verdict(
            subject,
            isApproved,
            `${fact}; ${isApproved ? "the policy approves it" : "no approval names it"}.`,
          );
        }),
      );
    }
  },
});
