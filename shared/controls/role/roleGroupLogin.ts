import type { Membership } from "../../model/catalogEvidence.ts";
import type { Verdict } from "../../model/finding.ts";
import { defineControl, fail, type Gap, pass, subjectOf, unknownWithout } from "../control.ts";
import { birthright, mayBeAdministratorLogin } from "./birthrights.ts";
import { isPlatformRole } from "./platformRoles.ts";

export const roleGroupLogin = defineControl({
  meta: {
    id: "role-group-login",
    title: "Group roles cannot log in",
    severity: "low",
    requires: ["roles", "memberships"],
    mayRead: ["server", "entraAdministrators"],
    frameworks: {
      proposed: {
        mcsb: ["PA-7"],
        nist80053r5: ["AC-2(9)", "IA-2"],
        pciDss401: ["8.2.2"],
        iso27001_2022: ["A.5.16"],
      },
    },
    rationale:
      "A role that is granted to others and logs in itself is an account that several share: its rights cannot be taken from the login without taking them from the members, and the log does not say who it was.",
    remediation: {
      sql: `-- Whoever logged in as the group gets a login of its own, which is a member of the group.
create role "<new login>" login connection limit 10;
grant "<role>" to "<new login>";
alter role "<role>" nologin;`,
    },
  },

  evaluate({ roles, memberships, server, entraAdministrators }) {
    const roleNamed = new Map(roles.map((role) => [role.name, role]));
    const groups = Map.groupBy(memberships.filter(hasEffect), ({ role }) => role);
    const judged = [...groups].flatMap(([name, edges]): readonly (Verdict | Gap)[] => {
      const role = roleNamed.get(name);
      if (role === undefined || isPlatformRole(name)) return [];
      // An administrator has to be a member to make objects for a role; that alone makes no group of it.
      const members = [...new Set(edges.map(({ member }) => member))].filter((member) => {
        const known = roleNamed.get(member);
        return known === undefined || birthright(known, { server, entraAdministrators }) === undefined;
      });
      if (members.length === 0) return [];
      const subject = subjectOf("role", name);
      const fact = `Role ${name} has ${members.length} ${members.length === 1 ? "member" : "members"}`;
      if (!role.canLogIn) return [pass(subject, `${fact} and cannot log in.`)];
      const certain = members.filter((member) => server !== null || !isDoubtful(member));
      if (certain.length === 0) return [unknownWithout(subject, "server")];
      return [fail(subject, `${fact}, among them ${certain.sort()[0] ?? ""}, and can log in itself.`)];
    });
    return judged.length === 0 ? [pass("server", "No role but those of the platform has members.")] : judged;

    function isDoubtful(member: string): boolean {
      const known = roleNamed.get(member);
      return known !== undefined && mayBeAdministratorLogin(known, memberships);
    }
  },
});

/** From 16 on the creator of a role holds it with ADMIN alone, which lends nothing of it. */
function hasEffect({ inherit, set }: Membership): boolean {
  return inherit || set;
}
