import { collected } from "../../../shared/collect/section.ts";
import { roleUnused } from "../../../shared/controls/role/roleUnused.ts";
import type { LastLogin, LoginHistory } from "../../../shared/model/logEvidence.ts";
import { policy, role, takenAt } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { odd, oddSubject } from "./attributeCases.ts";

const dayMs = 86_400_000;

/** That many days before the posture was taken. */
function daysAgo(days: number): string {
  return new Date(Date.parse(takenAt) - days * dayMs).toISOString();
}

function logins(lastLogins: readonly LastLogin[], since: string | null = daysAgo(91)) {
  const record: LoginHistory = { workspaceId: "/w", askedFrom: daysAgo(92), since, lastLogins };
  return collected([record]);
}

const app = role("app_rw", { canLogIn: true });
const entra = role("people", {
  canLogIn: true,
  validUntil: daysAgo(10),
  entra: { objectId: "c0ffee00-0000-4000-8000-000000000001", type: "group", admin: false, mfa: false },
});
const short = policy({ roles: { unusedDays: 30 } });

testControl(roleUnused, {
  pass: [
    {
      name: "a login within the window, an Entra role among them",
      sections: {
        roles: collected([app, entra]),
        loginHistory: logins([
          { role: "app_rw", at: daysAgo(89) },
          { role: "people", at: daysAgo(1) },
        ]),
      },
    },
    {
      name: "a login within the window although the record is short",
      sections: { roles: collected([app]), loginHistory: logins([{ role: "app_rw", at: daysAgo(2) }], daysAgo(3)) },
    },
    {
      name: "roles of the platform, roles that do not log in and passwords that are over",
      sections: {
        roles: collected([
          role("azuresu", { canLogIn: true }),
          role("pg_monitor", { canLogIn: true }),
          role("group_role"),
          role("old", { canLogIn: true, validUntil: daysAgo(1) }),
        ]),
        loginHistory: logins([]),
      },
    },
    {
      name: "a role that was not there when the window began",
      sections: { roles: collected([app]), loginHistory: logins([]) },
      history: { firewallRules: {}, newRoles: { app_rw: daysAgo(89) } },
      says: ["first seen at"],
    },
  ],
  fail: [
    {
      name: "no login on a record that covers the window, and a last login before it",
      sections: {
        roles: collected([app, entra, role(odd, { canLogIn: true })]),
        loginHistory: logins([
          { role: "app_rw", at: daysAgo(1) },
          { role: "people", at: daysAgo(90.5) },
        ]),
      },
      subjects: ["role/people", `role/${oddSubject}`],
      says: [`Its last login was at ${daysAgo(90.5)}.`, "holds no login of it"],
    },
    {
      name: "a role that appeared before the window began",
      sections: { roles: collected([app]), loginHistory: logins([]) },
      history: { firewallRules: {}, newRoles: { app_rw: daysAgo(90.5) } },
      subjects: ["role/app_rw"],
    },
    {
      name: "the policy's own number of days",
      policy: short,
      sections: {
        roles: collected([app]),
        loginHistory: logins([{ role: "app_rw", at: daysAgo(31) }], daysAgo(31)),
      },
      subjects: ["role/app_rw"],
    },
    {
      name: "a name that differs by case, or that every object has",
      sections: {
        roles: collected([app, role("constructor", { canLogIn: true })]),
        loginHistory: logins([{ role: "APP_RW", at: daysAgo(1) }]),
      },
      history: { firewallRules: {}, newRoles: {} },
      subjects: ["role/app_rw", "role/constructor"],
    },
  ],
  unknown: [
    {
      name: "a record that begins within the window, or is no more kept",
      sections: { roles: collected([app]), loginHistory: logins([], daysAgo(89.9)) },
      subjects: ["role/app_rw"],
      section: "loginHistory",
    },
    {
      name: "an export that ended",
      sections: { roles: collected([app, entra]), loginHistory: logins([{ role: "people", at: daysAgo(40) }], null) },
      subjects: ["role/app_rw"],
      section: "loginHistory",
    },
  ],
});
