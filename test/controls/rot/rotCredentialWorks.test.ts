import { collected } from "../../../shared/collect/section.ts";
import { rotCredentialWorks } from "../../../shared/controls/rot/rotCredentialWorks.ts";
import type { CredentialLogin } from "../../../shared/model/credentialEvidence.ts";
import { credentialLogin, managedCredential } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { given, longAgo, noCredentials, odd, oddSubject, unseen } from "./credentialCases.ts";

function logins(...items: readonly CredentialLogin[]) {
  return { credentialLogins: collected(items) };
}

testControl(rotCredentialWorks, {
  pass: [
    {
      name: "a login with the published version, whatever the replaced one does",
      sections: {
        ...given(managedCredential()),
        ...logins(credentialLogin({ secret: "replaced", version: "v6", outcome: "refused" }), credentialLogin()),
      },
    },
  ],
  fail: [
    {
      name: "a login that was refused, with the reason of rotation",
      sections: {
        ...given(managedCredential({ name: odd }), managedCredential()),
        ...logins(
          credentialLogin({ credential: odd, outcome: "refused", detail: "Role app may not log in." }),
          credentialLogin(),
        ),
      },
      subjects: [`credential/${oddSubject}`],
      says: ["does not log in. Role app may not log in."],
    },
    {
      name: "secrets that consumers cannot read",
      sections: {
        ...given(
          ...(["absent", "deleted", "disabled"] as const).map((secret) =>
            managedCredential({ name: secret }, { secret, published: null }),
          ),
        ),
        ...logins(credentialLogin({ credential: "deleted" })),
      },
      subjects: ["credential/absent", "credential/deleted", "credential/disabled"],
    },
  ],
  notApplicable: [{ ...noCredentials, sections: { ...noCredentials.sections, ...logins() } }],
  unknown: [
    {
      name: "no login, one that is an hour old, one with another version, and one that was not tried",
      sections: {
        ...given(...["none", "stale", "other", "untried", "good"].map((name) => managedCredential({ name }))),
        ...logins(
          credentialLogin({ credential: "stale", at: longAgo }),
          credentialLogin({ credential: "other", version: "v6" }),
          credentialLogin({ credential: "untried", outcome: "untried" }),
          credentialLogin({ credential: "good" }),
        ),
      },
      subjects: ["credential/none", "credential/stale", "credential/other", "credential/untried"],
      section: "credentialLogins",
    },
    {
      ...unseen,
      sections: { ...unseen.sections, ...logins(credentialLogin(), credentialLogin({ credential: "never" })) },
    },
  ],
});
