import { collected, unavailable } from "../../../shared/collect/section.ts";
import { rotValidUntil } from "../../../shared/controls/rot/rotValidUntil.ts";
import type { PasswordType, Role } from "../../../shared/model/catalogEvidence.ts";
import type { Sections } from "../../../shared/model/section.ts";
import { managedCredential, policy, publishedEvidence, role, serverFacts } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { given, odd, oddSubject } from "./credentialCases.ts";

function login(name: string, validUntil: string | null, override: Partial<Role> = {}): Role {
  return role(name, { canLogIn: true, validUntil, ...override });
}

function server(logins: readonly Role[], without: readonly string[] = []): Partial<Sections> {
  const typed = logins.filter(({ name }) => !without.includes(name));
  const types = typed.map(({ name, entra }): PasswordType => ({
    role: name,
    type: entra === null ? "scram-sha-256" : "none",
  }));
  return { roles: collected(logins), passwordTypes: collected(types), ...given() };
}

const entra = { objectId: "o", type: "service", admin: false, mfa: false } as const;
const pair = managedCredential(
  { name: "pair", strategy: "alternating", roles: ["app_a", "app_b"] },
  { published: publishedEvidence({ user: "app_a" }) },
);

testControl(rotValidUntil, {
  pass: [
    {
      name: "from just above a week to 120 days ahead",
      sections: server([login("near", "2026-11-29T06:00:01Z"), login("far", "2027-03-22T06:00:00Z")]),
    },
    {
      name: "the administrator, the platform, groups and principals of Entra without any",
      sections: server([
        login("pgadmin", null),
        login("replication", null),
        role("team"),
        login("svc", null, { entra }),
        login("app", "2027-01-01T00:00:00Z"),
      ]),
    },
    {
      name: "the resting role of a pair, whose password is over",
      sections: {
        ...server([login("app_a", "2027-01-01T00:00:00Z"), login("app_b", "2026-01-01T00:00:00Z")]),
        ...given(pair),
      },
    },
  ],
  fail: [
    {
      name: "never, infinity, over, about to end, and for years",
      sections: server([
        login(odd, null),
        login("always", "infinity"),
        login("over", "2026-11-22T06:00:00Z"),
        login("soon", "2026-11-29T06:00:00Z"),
        login("years", "2027-03-22T06:00:01Z"),
        login("good", "2027-01-01T00:00:00Z"),
      ]),
      subjects: [`role/${oddSubject}`, "role/always", "role/over", "role/soon", "role/years"],
      says: ["never ends", "nobody logs in with it", "more than 7 days", "at most 120 days"],
    },
    {
      name: "the published role of a pair, whose password is over",
      sections: { ...server([login("app_a", "2026-01-01T00:00:00Z")]), ...given(pair) },
      subjects: ["role/app_a"],
    },
    {
      name: "another policy",
      policy: policy({ rotation: { maxValidDays: 30, validUntilGraceDays: 0 } }),
      sections: server([login("app", "2027-01-01T00:00:00Z"), login("soon", "2026-11-23T00:00:00Z")]),
      subjects: ["role/app"],
    },
  ],
  notApplicable: [
    {
      name: "passwords are off",
      sections: {
        ...server([login("app", null)]),
        server: collected([serverFacts({ passwordAuthentication: "Disabled" })]),
      },
    },
    { name: "no login has a password", sections: server([role("team")]) },
  ],
  unknown: [
    {
      name: "a login of which nobody knows whether it has a password",
      sections: server([login("app", "2027-01-01T00:00:00Z"), login("new", null)], ["new"]),
      subjects: ["role/new"],
      section: "passwordTypes",
    },
    {
      name: "a password that is over, of what may be a resting role",
      sections: {
        ...server([login("app_b", "2026-01-01T00:00:00Z")]),
        credentials: unavailable("deadline", "no time in this test"),
      },
      subjects: ["role/app_b"],
      section: "credentials",
    },
  ],
});
