import { collected } from "../../../shared/collect/section.ts";
import { authNoMd5Verifier } from "../../../shared/controls/auth/authNoMd5Verifier.ts";
import type { PasswordType, Role } from "../../../shared/model/catalogEvidence.ts";
import { role, serverFacts } from "../../builders.ts";
import { testControl } from "../testControl.ts";

function sections(roles: readonly Role[], types: Readonly<Record<string, PasswordType["type"]>>) {
  const passwordTypes = Object.entries(types).map(([name, type]) => ({ role: name, type }));
  return { roles: collected(roles), passwordTypes: collected(passwordTypes) };
}

const app = role("app_rw", { canLogIn: true });
const odd = role('o"d/d ☃', { canLogIn: true });

testControl(authNoMd5Verifier, {
  pass: [
    { name: "scram", sections: sections([app], { app_rw: "scram-sha-256" }) },
    {
      name: "md5 of a group, of a dropped role and of the platform",
      sections: sections([app, role("team"), role("azuresu", { canLogIn: true })], {
        app_rw: "none",
        team: "md5",
        gone: "md5",
        azuresu: "md5",
      }),
    },
  ],
  fail: [
    {
      name: "md5 of one login, beside scram of another",
      sections: sections([app, odd], { app_rw: "scram-sha-256", 'o"d/d ☃': "md5" }),
      subjects: ['role/o"d%2Fd ☃'],
    },
    {
      name: "md5 of a login that has run out, since setting a new date revives it",
      sections: sections([{ ...app, validUntil: "2020-01-01T00:00:00Z" }], { app_rw: "md5" }),
      subjects: ["role/app_rw"],
    },
  ],
  unknown: [
    {
      name: "a login that the list lacks",
      sections: sections([app, odd], { app_rw: "scram-sha-256" }),
      subjects: ['role/o"d%2Fd ☃'],
      section: "passwordTypes",
    },
  ],
  notApplicable: [
    {
      name: "passwords are off",
      sections: {
        server: collected([serverFacts({ passwordAuthentication: "Disabled" })]),
        ...sections([app], { app_rw: "md5" }),
      },
    },
    { name: "no login role but the platform's", sections: sections([role("azuresu", { canLogIn: true })], {}) },
  ],
});
