import { type ReachTarget, type RoleAttribute, reachIn } from "../../access/membershipClosure.ts";
import { membershipGraph } from "../../access/membershipGraph.ts";
import { administratorRole } from "../../access/privilegedReach.ts";
import type { Role } from "../../model/catalogEvidence.ts";
import type { Policy } from "../../model/policy.ts";
import { defineControl, fail, pass, subjectOf, unknownWithout } from "../control.ts";
import { birthright, mayBeAdministratorLogin } from "./birthrights.ts";
import { isPlatformRole } from "./platformRoles.ts";
import { isUsableLogin } from "./usableLogin.ts";
import { wayText } from "./wayText.ts";

interface Power {
  readonly target: ReachTarget;
  /** As the message names it. */
  readonly label: string;
}

/** The service's own superuser is among the holders of SUPERUSER. */
const powers: readonly Power[] = [
  { target: { kind: "attribute", name: "superuser" }, label: "SUPERUSER" },
  { target: { kind: "role", name: administratorRole }, label: administratorRole },
  { target: { kind: "attribute", name: "createRole" }, label: "CREATEROLE" },
  { target: { kind: "attribute", name: "bypassRls" }, label: "BYPASSRLS" },
  { target: { kind: "attribute", name: "replication" }, label: "REPLICATION" },
];

export const roleEscalationPath = defineControl({
  meta: {
    id: "role-escalation-path",
    title: "No application login can become an admin",
    severity: "critical",
    requires: ["roles", "memberships", "context"],
    mayRead: ["server", "entraAdministrators"],
    frameworks: {
      published: { cisPostgresql: ["4.3"] },
      proposed: {
        mcsb: ["PA-7"],
        nist80053r5: ["AC-6", "AC-6(10)"],
        pciDss401: ["7.2.2"],
        iso27001_2022: ["A.8.2"],
      },
    },
    rationale:
      "An injected statement runs as the application's login. If that login inherits, may SET ROLE to, or may grant itself a role with power over the server, the fault of one application is the fault of all, and no single grant shows it.",
    remediation: {
      sql: `-- Any one membership on the path of the message; an attribute of its own goes with ALTER ROLE … NOCREATEROLE.
revoke "<granted role>" from "<member>" cascade;`,
    },
  },

  evaluate({ roles, memberships, context, server, entraAdministrators }, policy, { takenAt }) {
    const versionNum = context[0]?.versionNum;
    if (versionNum === undefined) return [];
    const graph = membershipGraph(memberships, roles, { versionNum });
    const reached = powers.map(({ target, label }) => ({ target, label, ways: reachIn(graph, target) }));
    const isDeclared = policy.roles.applicationRoles.length > 0;
    const logins = roles.filter(
      (role) => isUsableLogin(role, takenAt) && !isPlatformRole(role.name) && isApplication(role),
    );
    if (logins.length === 0) return [pass("server", "No login role of an application.")];

    return logins.map((role) => {
      const subject = subjectOf("role", role.name);
      const gains = reached.flatMap(({ target, label, ways }) => {
        const way = ways.get(role.name);
        return way === undefined || isApproved(role, target, policy) ? [] : [`${label} ${wayText(way)}`];
      });
      if (gains.length === 0) return pass(subject, `Role ${role.name} reaches nothing that administers the server.`);
      const isDoubtful = server === null && !isDeclared && mayBeAdministratorLogin(role, memberships);
      if (isDoubtful) return unknownWithout(subject, "server");
      return fail(subject, `Role ${role.name} reaches ${gains.join("; ")}.`);
    });

    function isApplication(role: Role): boolean {
      if (isDeclared) return policy.roles.applicationRoles.includes(role.name);
      // What a superuser is, role-no-superuser says.
      const isAdministrator = role.superuser || birthright(role, { server, entraAdministrators }) !== undefined;
      return !isAdministrator && !policy.roles.approvedAdministrators.includes(role.name);
    }
  },
});

/** What the policy lets this role be by itself is no escalation; reaching another one that may be it, is. */
function isApproved({ name, ...attributes }: Role, target: ReachTarget, { roles }: Policy): boolean {
  if (target.kind === "role") return roles.approvedAdministrators.includes(name);
  const approvals: Readonly<Partial<Record<RoleAttribute, readonly string[]>>> = {
    createRole: roles.approvedCreateRole,
    bypassRls: roles.approvedBypassRls,
    replication: roles.approvedReplication,
  };
  return attributes[target.name] && approvals[target.name]?.includes(name) === true;
}
