import { reach } from "../../access/membershipClosure.ts";
import { administratorRole } from "../../access/privilegedReach.ts";
import { defineControl, fail, pass, subjectOf, unknownWithout, verdict } from "../control.ts";
import { approvedBy } from "./attributeHolders.ts";
import { birthright } from "./birthrights.ts";
import { isPlatformRole } from "./platformRoles.ts";
import { isUsableLogin } from "./usableLogin.ts";
import { wayText } from "./wayText.ts";

export const roleAzurePgAdminMembers = defineControl({
  meta: {
    id: "role-azure-pg-admin-members",
    title: "azure_pg_admin members are few and approved",
    severity: "critical",
    requires: ["roles", "memberships", "context"],
    mayRead: ["server", "entraAdministrators"],
    frameworks: {
      published: { cisPostgresql: ["4.3", "4.9"] },
      proposed: {
        mcsb: ["PA-1"],
        nist80053r5: ["AC-6(5)", "AC-2(7)"],
        pciDss401: ["7.2.2", "7.2.4"],
        iso27001_2022: ["A.8.2"],
      },
    },
    rationale:
      "A member manages roles and reaches the objects of all other roles, although no grant says so. Membership travels through groups, by inheritance and by SET ROLE, so the direct members are not all of them.",
    remediation: {
      sql: `-- Any one membership on the path of the message.
revoke "<granted role>" from "<member>";`,
    },
  },

  evaluate({ roles, memberships, context, server, entraAdministrators }, policy, { takenAt }) {
    const versionNum = context[0]?.versionNum;
    if (versionNum === undefined || !roles.some(({ name }) => name === administratorRole)) return [];

    const reached = reach({ kind: "role", name: administratorRole }, memberships, roles, { versionNum });
    const members = roles.flatMap((role) => {
      const way = reached.get(role.name);
      // ADMIN OPTION alone is no membership yet; role-admin-option judges it.
      if (!role.canLogIn || isPlatformRole(role.name) || way === undefined || way.how === "admin") return [];
      return [{ role, way, isUsable: isUsableLogin(role, takenAt) }];
    });

    const judged = members.map(({ role, way, isUsable }) => {
      const subject = subjectOf("role", role.name);
      const fact = `Role ${role.name} reaches ${administratorRole} ${wayText(way)}`;
      const reason =
        birthright(role, { server, entraAdministrators }) ??
        approvedBy(policy.roles.approvedAdministrators, role.name) ??
        (isUsable ? undefined : `its login ended on ${role.validUntil ?? "an unknown day"}`);
      if (reason !== undefined) return pass(subject, `${fact}: ${reason}.`);
      return server === null ? unknownWithout(subject, "server") : fail(subject, `${fact}, and no approval names it.`);
    });

    const count = members.filter(({ isUsable }) => isUsable).length;
    const limit = policy.roles.maxAdministrators;
    const message = `${count} login roles reach ${administratorRole}; the limit is ${limit}.`;
    return [...judged, verdict(subjectOf("role", administratorRole), count <= limit, message)];
  },
});
