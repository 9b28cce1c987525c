import type { Membership, Role } from "../../model/catalogEvidence.ts";
import { defineControl, fail, pass, subjectOf, unknownWithout } from "../control.ts";
import { birthright } from "./birthrights.ts";
import { approvedPair } from "./membershipPairs.ts";
import { isPlatformRole } from "./platformRoles.ts";

export const roleAdminOption = defineControl({
  meta: {
    id: "role-admin-option",
    title: "ADMIN OPTION only where approved",
    severity: "medium",
    requires: ["memberships", "roles", "context"],
    mayRead: ["server", "entraAdministrators"],
    frameworks: {
      published: { cisPostgresql: ["4.3"] },
      proposed: { mcsb: ["PA-7"], nist80053r5: ["AC-6", "AC-2"], pciDss401: ["7.2.2"], iso27001_2022: ["A.5.18"] },
    },
    rationale:
      "A member with ADMIN OPTION decides alone who else gets the role, itself included, so who has the role is no longer what was approved.",
    remediation: {
      sql: `revoke admin option for "<role>" from "<member>" granted by "<grantor>";`,
    },
  },

  evaluate({ memberships, roles, context, server, entraAdministrators }, policy) {
    const edges = memberships.filter(({ admin }) => admin);
    if (edges.length === 0) return [pass("server", "No membership has ADMIN OPTION.")];
    const roleNamed = new Map(roles.map((role) => [role.name, role]));
    const versionNum = context[0]?.versionNum ?? 0;

    return edges.map((edge) => {
      const { role, member, grantor } = edge;
      const subject = subjectOf("membership", role, member, grantor);
      const fact = `Role ${member} has ADMIN OPTION on ${role}, granted by ${grantor}`;
      const reason = allowed(edge);
      if (reason !== undefined) return pass(subject, `${fact}: ${reason}.`);
      return server === null ? unknownWithout(subject, "server") : fail(subject, `${fact}, and no approval names it.`);
    });

    function allowed(edge: Membership): string | undefined {
      const member = roleNamed.get(edge.member);
      const born = member === undefined ? undefined : birthright(member, { server, entraAdministrators });
      if (born !== undefined) return born;
      if (isCreatorEdge(edge, roleNamed.get(edge.grantor), versionNum)) return "it created that role";
      return approvedPair(policy.roles.approvedAdminOption, edge);
    }
  },
});

/**
 * From 16 on the creator of a role gets it from the bootstrap superuser with ADMIN and without INHERIT and SET. Nobody
 * creates the roles of the platform, so the same options on one of those are a finding.
 */
function isCreatorEdge(
  { role, admin, inherit, set }: Membership,
  grantor: Role | undefined,
  versionNum: number,
): boolean {
  if (versionNum < 160000 || isPlatformRole(role) || grantor?.superuser !== true) return false;
  return admin && !inherit && !set;
}
