import { defineControl, fail, pass, subjectOf, unknownWithout } from "../control.ts";
import { administratorNames } from "./administrators.ts";
import { type ApplicationSessions, byApplication, isInNetworks } from "./administratorSessions.ts";

export const roleAppUsesAdmin = defineControl({
  meta: {
    id: "role-app-uses-admin",
    title: "No application connects as the administrator login",
    severity: "critical",
    requires: ["sessions", "roles", "memberships", "context"],
    mayRead: ["server"],
    frameworks: {
      published: { cisPostgresql: ["4.8"] },
      proposed: {
        mcsb: ["PA-1", "PA-7"],
        nist80053r5: ["AC-6(2)", "AC-6(5)"],
        pciDss401: ["7.2.5", "8.6.1"],
        iso27001_2022: ["A.8.2"],
      },
    },
    rationale:
      "An application that connects as an administrator turns each of its faults into a fault of the whole server: one injected statement makes roles, reads every table and leaves no trace that differs from the application's own work.",
    remediation: {
      sql: `create role "<application role>" login connection limit 10;
grant "<role with the rights it needs>" to "<application role>";
-- Give the application the new login, then end what is still connected.
select pg_catalog.pg_terminate_backend(pid)
  from pg_catalog.pg_stat_activity
 where usename = '<administrator>' and application_name = '<application>';`,
    },
  },

  evaluate({ sessions, roles, memberships, context, server }, policy) {
    const administrators = administratorNames({ roles, memberships, context, server });
    const groups = byApplication(sessions, administrators);
    if (groups.length === 0) return [pass("server", "No session of an administrator was open.")];
    return groups.map((group) => judge(group, policy.roles));
  },
});

interface Approved {
  readonly administratorApplications: readonly string[];
  readonly administratorNetworks: readonly string[];
}

function judge({ role, applicationName, sessions }: ApplicationSessions, approved: Approved) {
  const subject = subjectOf("session", role, applicationName);
  const application = applicationName === "" ? "An unnamed application" : `Application ${applicationName}`;
  if (applicationName !== "" && approved.administratorApplications.includes(applicationName))
    return pass(subject, `${application} is connected as administrator ${role}: the policy approves it.`);

  const located = sessions.map((session) => ({
    session,
    isApproved: isInNetworks(session, approved.administratorNetworks),
  }));
  const outside = located.filter(({ isApproved }) => isApproved === false).map(({ session }) => session);
  if (outside.length > 0) {
    const count = outside.reduce((sum, session) => sum + session.count, 0);
    const networks = [...new Set(outside.map(({ network }) => network ?? "an unknown network"))].sort().join(", ");
    const sessions = count === 1 ? "1 session" : `${count} sessions`;
    return fail(subject, `${application} is connected as administrator ${role}: ${sessions} from ${networks}.`);
  }
  if (located.some(({ isApproved }) => isApproved === undefined))
    return unknownWithout(subject, "sessions", `it lacks the network that ${application} connects from.`);
  return pass(subject, `${application} is connected as administrator ${role} from an approved network.`);
}
