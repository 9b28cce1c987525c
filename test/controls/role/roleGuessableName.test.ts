import { collected } from "../../../shared/collect/section.ts";
import { roleGuessableName } from "../../../shared/controls/role/roleGuessableName.ts";
import type { Role } from "../../../shared/model/catalogEvidence.ts";
import { policy, role, takenAt } from "../../builders.ts";
import { testControl } from "../testControl.ts";

function logins(...names: readonly string[]) {
  return { roles: collected(names.map((name) => role(name, { canLogIn: true }))) };
}

const ended: Partial<Role> = { canLogIn: true, validUntil: takenAt };

testControl(roleGuessableName, {
  pass: [
    { name: "names that hold a guessable one", sections: logins("orders_app", "testing", "app rw", "x".repeat(63)) },
    {
      name: "a group, and a login whose password has run out",
      sections: { roles: collected([role("app"), role("test", ended), role("orders", { canLogIn: true })]) },
    },
    { name: "nobody but the platform", sections: logins("azuresu", "replication") },
    { name: "another list", policy: policy({ roles: { guessableNames: ["ann"] } }), sections: logins("postgres") },
  ],
  fail: [
    {
      name: "whatever the case, of roles that differ in nothing else",
      sections: logins("demouser", "DemoUser", "orders"),
      subjects: ["role/demouser", "role/DemoUser"],
    },
    {
      name: "a name of the policy, in the policy's own case",
      policy: policy({ roles: { guessableNames: ["Ann"] } }),
      sections: logins("ANN"),
      subjects: ["role/ANN"],
    },
    {
      name: "a login with tokens, whose password has run out",
      sections: {
        roles: collected([
          role("app", { ...ended, entra: { objectId: "x", type: "service", admin: false, mfa: false } }),
        ]),
      },
      subjects: ["role/app"],
    },
  ],
});
