import { collected } from "../../../shared/collect/section.ts";
import { rotOldCredentialDead } from "../../../shared/controls/rot/rotOldCredentialDead.ts";
import type { CredentialLogin } from "../../../shared/model/credentialEvidence.ts";
import { credentialLogin, managedCredential } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { given } from "./credentialCases.ts";

function replaced(credential: string, override: Partial<CredentialLogin> = {}): CredentialLogin {
  return credentialLogin({ credential, secret: "replaced", version: "v6", outcome: "refused", ...override });
}

function tried(...items: readonly CredentialLogin[]) {
  const names = [...new Set(items.map(({ credential }) => credential))];
  return {
    ...given(...names.map((name) => managedCredential({ name }))),
    credentialLogins: collected(items),
  };
}

testControl(rotOldCredentialDead, {
  pass: [
    {
      name: "a password that is refused, also when the published one works, and also yesterday",
      sections: tried(credentialLogin(), replaced("orders-app"), replaced("old", { at: "2026-11-20T06:00:00.000Z" })),
    },
  ],
  fail: [
    {
      name: "a password that still logs in",
      sections: tried(replaced("orders-app"), replaced("leaked", { outcome: "accepted" })),
      subjects: ["credential/leaked"],
      says: ["Version v6", "still logs in"],
    },
  ],
  notApplicable: [{ name: "nothing was replaced yet", sections: tried(credentialLogin()) }],
  unknown: [
    {
      name: "a try that would have led to a ban, and one of three days ago",
      sections: tried(
        replaced("banned", { outcome: "untried", detail: "credcheck bans a role after 3 refused logins." }),
        replaced("stale", { at: "2026-11-20T05:59:59.000Z" }),
        replaced("orders-app"),
      ),
      subjects: ["credential/banned", "credential/stale"],
      section: "credentialLogins",
    },
  ],
});
