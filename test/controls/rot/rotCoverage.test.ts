import { collected } from "../../../shared/collect/section.ts";
import { rotCoverage } from "../../../shared/controls/rot/rotCoverage.ts";
import type { PasswordType } from "../../../shared/model/catalogEvidence.ts";
import type { ManagedCredential } from "../../../shared/model/credentialEvidence.ts";
import { managedCredential, policy, role, serverFacts } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { given, odd, oddSubject } from "./credentialCases.ts";

const entra = { objectId: "o", type: "service", admin: false, mfa: false } as const;

function server(names: readonly string[], credentials: readonly ManagedCredential[], untyped: readonly string[] = []) {
  const logins = [...names, ...untyped].map((name) => role(name, { canLogIn: true }));
  const types = names.map((name): PasswordType => ({ role: name, type: "scram-sha-256" }));
  return {
    roles: collected([...logins, role("team"), role("svc", { canLogIn: true, entra })]),
    passwordTypes: collected([...types, { role: "svc", type: "none" } as const]),
    ...given(...credentials),
  };
}

const app = managedCredential({ roles: ["app"] });
const pair = managedCredential({ name: "pair", strategy: "alternating", roles: ["app_a", "app_b"] });
const admin = managedCredential({ name: "admin", strategy: "admin", roles: [] });

testControl(rotCoverage, {
  pass: [
    {
      name: "a credential of each strategy, and what has no password",
      sections: server(["app", "app_a", "app_b", "pgadmin", "replication"], [app, pair, admin]),
    },
    {
      name: "an exemption that holds, on this server and on every one",
      policy: policy({
        rotation: {
          exemptions: [
            { role: "legacy", server: "orders", reason: "it goes in spring", expires: "2026-11-23" },
            { role: "other", reason: "a vendor's", expires: "2027-01-01" },
          ],
        },
      }),
      sections: server(["legacy", "other"], []),
    },
  ],
  fail: [
    {
      name: "nobody's, the administrator's, and one whose credential rests",
      sections: server(
        [odd, "app", "pgadmin", "paused"],
        [app, managedCredential({ name: "off", roles: ["paused"], enabled: false })],
      ),
      subjects: [`role/${oddSubject}`, "role/pgadmin", "role/paused"],
      says: ["that no credential rotates", "credential off is not enabled"],
    },
    {
      name: "an exemption that has ended, and one of another server",
      policy: policy({
        rotation: {
          exemptions: [
            { role: "legacy", reason: "it goes in autumn", expires: "2026-11-22" },
            { role: "app", server: "billing", reason: "elsewhere", expires: "2027-01-01" },
          ],
        },
      }),
      sections: server(["legacy", "app"], []),
      subjects: ["role/legacy", "role/app"],
      says: ["its exemption ended on 2026-11-22"],
    },
    {
      name: "a role of another server's administrator credential",
      sections: {
        ...server(["pgadmin"], [admin]),
        server: collected([serverFacts({ administratorLogin: "boss" })]),
      },
      subjects: ["role/pgadmin"],
    },
  ],
  notApplicable: [
    {
      name: "passwords are off",
      sections: { ...server(["app"], []), server: collected([serverFacts({ passwordAuthentication: "Disabled" })]) },
    },
  ],
  unknown: [
    {
      name: "a login of which nobody knows whether it has a password, unless it is rotated anyway",
      sections: server([], [app], ["app", "new"]),
      subjects: ["role/new"],
      section: "passwordTypes",
    },
  ],
});
