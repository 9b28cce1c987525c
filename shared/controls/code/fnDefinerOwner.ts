import { administratorRole } from "../../access/privilegedReach.ts";
import { defineDatabaseControl, fail, pass, subjectOf } from "../control.ts";
import { isPlatformOwner } from "../priv/applicationObjects.ts";
import { administratorNames } from "../role/administrators.ts";

export const fnDefinerOwner = defineDatabaseControl({
  meta: {
    id: "fn-definer-owner",
    title: "SECURITY DEFINER functions are not owned by administrators",
    severity: "high",
    requires: ["roles", "memberships", "context"],
    mayRead: ["server"],
    requiresInDatabase: ["definerFunctions"],
    frameworks: {
      published: { cisPostgresql: ["4.5", "o:4.3"] },
      proposed: { mcsb: ["PA-7"], nist80053r5: ["AC-6(8)"], pciDss401: ["7.2.2"], iso27001_2022: ["A.8.2"] },
    },
    rationale:
      "Whoever may call the function acts as its owner while it runs. With an administrator as owner one fault in the body gives away the server; an owner that logs in lends every such function all that the login may do.",
    remediation: {
      sql: `alter function "<schema>"."<function>" owner to "<role without login>";`,
    },
  },

  evaluateDatabase({ definerFunctions, roles, ...evidence }, _policy, { database }) {
    const judged = definerFunctions.filter(({ extension, owner }) => !extension && !isPlatformOwner(owner));
    if (judged.length === 0)
      return [
        pass(subjectOf("database", database), `Database ${database} has no SECURITY DEFINER function of its own.`),
      ];

    const roleNamed = new Map(roles.map((role) => [role.name, role]));
    const administrators = administratorNames({ roles, ...evidence });
    return judged.map(({ schema, signature, owner }) => {
      const subject = subjectOf("function", database, schema, signature);
      const fact = `Function ${schema}.${signature} of database ${database} runs as ${owner}`;
      const role = roleNamed.get(owner);
      if (role?.superuser === true) return fail(subject, `${fact}, who is a superuser.`);
      if (owner === administratorRole || administrators.has(owner))
        return fail(subject, `${fact}, who is an administrator.`);
      return role?.canLogIn === true
        ? fail(subject, `${fact}, who can log in.`)
        : pass(subject, `${fact}, who is no administrator and cannot log in.`);
    });
  },
});
