import { reachIn } from "../../access/membershipClosure.ts";
import { membershipGraph } from "../../access/membershipGraph.ts";
import { administratorRole } from "../../access/privilegedReach.ts";
import { defineControl, fail, pass, subjectOf, unknownWithout } from "../control.ts";
import { birthright, mayBeAdministratorLogin } from "./birthrights.ts";
import { isPlatformRole } from "./platformRoles.ts";
import { riskyRoles } from "./rolePredefinedRisky.ts";
import { isUsableLogin } from "./usableLogin.ts";
import { pathText } from "./wayText.ts";

const privileged = [administratorRole, ...riskyRoles.keys()];

export const roleInherit = defineControl({
  meta: {
    id: "role-inherit",
    title: "Privileged memberships are not inherited silently",
    severity: "low",
    requires: ["roles", "memberships", "context"],
    mayRead: ["server", "entraAdministrators"],
    frameworks: {
      published: { cisPostgresql: ["4.8"] },
      proposed: { mcsb: ["PA-7"], nist80053r5: ["AC-6(2)"], pciDss401: ["7.2.2"], iso27001_2022: ["A.8.2"] },
    },
    rationale:
      "A login that inherits such a role uses it in every statement, meant or not. Without INHERIT it has to say SET ROLE first, which is a decision, and stands in the log.",
    remediation: {
      sql: `-- INHERIT is decided when a role is granted, before 16 by the member's attribute alone: then it goes for all its groups.
revoke "<granted role>" from "<member>" granted by "<grantor>";
alter role "<member>" noinherit;
grant "<granted role>" to "<member>";`,
    },
  },

  evaluate({ roles, memberships, context, server, entraAdministrators }, _policy, { takenAt }) {
    const versionNum = context[0]?.versionNum;
    if (versionNum === undefined) return [];
    const graph = membershipGraph(memberships, roles, { versionNum });
    const roleNamed = new Map(roles.map((role) => [role.name, role]));

    const judged = privileged.flatMap((granted) =>
      [...reachIn(graph, { kind: "role", name: granted })].flatMap(([name, way]) => {
        const role = roleNamed.get(name);
        if (role === undefined || way.how === "admin" || isPlatformRole(name) || !isUsableLogin(role, takenAt))
          return [];
        const subject = subjectOf("membership", granted, name);
        if (way.how === "set") return [pass(subject, `Role ${name} reaches ${granted} only after SET ROLE.`)];
        const fact = `Role ${name} inherits ${granted} (${pathText(way.path)})`;
        const reason = birthright(role, { server, entraAdministrators });
        if (reason !== undefined) return [pass(subject, `${fact}: ${reason}.`)];
        const isDoubtful = server === null && mayBeAdministratorLogin(role, memberships);
        return [isDoubtful ? unknownWithout(subject, "server") : fail(subject, `${fact}, without SET ROLE.`)];
      }),
    );
    return judged.length === 0 ? [pass("server", "No login role reaches a privileged role.")] : judged;
  },
});
