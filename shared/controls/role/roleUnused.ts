import type { LoginHistory } from "../../model/logEvidence.ts";
import { defineControl, fail, pass, subjectOf, unknownWithout } from "../control.ts";
import { isPlatformRole } from "./platformRoles.ts";
import { isUsableLogin } from "./usableLogin.ts";

const dayMs = 24 * 60 * 60 * 1000;

export const roleUnused = defineControl({
  meta: {
    id: "role-unused",
    title: "No login unused for 90 days",
    severity: "medium",
    requires: ["roles", "loginHistory"],
    frameworks: {
      published: { cisPostgresql: ["4.4"] },
      proposed: { mcsb: ["PA-4"], nist80053r5: ["AC-2(3)"], pciDss401: ["8.2.6"], iso27001_2022: ["A.5.18"] },
    },
    rationale:
      "A login that nobody uses is a door that nobody watches. The server's log tells, once it is exported: a login counts as unused only when the workspace holds logins of every day of the time in question (policy.roles.unusedDays), and of a role that pgwarden saw appear within that time nothing is held against it. PostgreSQL does not know when a role was made: one that was made shortly before the first scan counts as old.",
    remediation: {
      sql: `-- Ends logins and keeps everything that the role owns and holds; drop it once nobody has asked.
alter role "<role>" nologin;`,
    },
  },

  evaluate({ roles, loginHistory }, { roles: { unusedDays } }, { takenAt, history: { newRoles = {} } }) {
    const [record] = loginHistory;
    const start = Date.parse(takenAt) - unusedDays * dayMs;
    const last = new Map(record?.lastLogins.map(({ role, at }) => [role, at]));
    const logins = roles.filter((role) => isUsableLogin(role, takenAt) && !isPlatformRole(role.name));
    if (logins.length === 0) return [pass("server", "No login role but those of the platform.")];
    return logins.map(({ name }) => {
      const subject = subjectOf("role", name);
      const at = last.get(name);
      if (at !== undefined && Date.parse(at) >= start) return pass(subject, `Role ${name} logged in at ${at}.`);
      const seen = Object.hasOwn(newRoles, name) ? newRoles[name] : undefined;
      if (seen !== undefined && Date.parse(seen) > start)
        return pass(subject, `Role ${name} was first seen at ${seen}, less than ${unusedDays} days ago.`);
      if (!covers(record, start)) return unknownWithout(subject, "loginHistory", gapText(name, record, unusedDays));
      const when = at === undefined ? "The record holds no login of it." : `Its last login was at ${at}.`;
      return fail(subject, `Role ${name} has not logged in for ${unusedDays} days. ${when}`);
    });
  },
});

function covers(record: LoginHistory | undefined, start: number): boolean {
  const since = record?.since ?? null;
  return since !== null && Date.parse(since) <= start;
}

function gapText(role: string, record: LoginHistory | undefined, days: number): string {
  const since = record?.since ?? null;
  const begins = since === null ? "it holds no logins of the last two days" : `it is whole from ${since} only`;
  return `it holds no login of role ${role} within ${days} days, and ${begins}.`;
}
