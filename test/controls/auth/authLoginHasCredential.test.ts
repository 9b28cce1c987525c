import { collected } from "../../../shared/collect/section.ts";
import { authLoginHasCredential } from "../../../shared/controls/auth/authLoginHasCredential.ts";
import type { PasswordType, Role } from "../../../shared/model/catalogEvidence.ts";
import { role } from "../../builders.ts";
import { testControl } from "../testControl.ts";

function sections(roles: readonly Role[], types: Readonly<Record<string, PasswordType["type"]>>) {
  const passwordTypes = Object.entries(types).map(([name, type]) => ({ role: name, type }));
  return { roles: collected(roles), passwordTypes: collected(passwordTypes) };
}

const app = role("app_rw", { canLogIn: true });
const entra = { objectId: "aaaaaaaa-0000-4000-8000-000000000002", type: "service", admin: false, mfa: false } as const;

testControl(authLoginHasCredential, {
  pass: [
    { name: "a password of any kind", sections: sections([app], { app_rw: "md5" }) },
    { name: "an Entra mapping instead", sections: sections([{ ...app, entra }], { app_rw: "none" }) },
    {
      name: "no credential where none is needed",
      sections: sections([app, role("team"), role("azuresu", { canLogIn: true }), role("pg_x", { canLogIn: true })], {
        app_rw: "scram-sha-256",
        team: "none",
        azuresu: "none",
        pg_x: "none",
      }),
    },
  ],
  fail: [
    {
      name: "neither, also under a name that looks like the platform's",
      sections: sections([app, role("pgbouncer", { canLogIn: true })], { app_rw: "scram-sha-256", pgbouncer: "none" }),
      subjects: ["role/pgbouncer"],
    },
  ],
  unknown: [
    {
      name: "a login that the list lacks",
      sections: sections([app], { other: "md5" }),
      subjects: ["role/app_rw"],
      section: "passwordTypes",
    },
  ],
  notApplicable: [{ name: "nobody but groups", sections: sections([role("team")], { team: "none" }) }],
});
