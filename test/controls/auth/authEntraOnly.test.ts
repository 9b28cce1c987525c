import { collected } from "../../../shared/collect/section.ts";
import { authEntraOnly } from "../../../shared/controls/auth/authEntraOnly.ts";
import { policy, serverFacts } from "../../builders.ts";
import { testControl } from "../testControl.ts";

const entraOnly = policy({ entra: { only: true } });

testControl(authEntraOnly, {
  pass: [
    {
      name: "passwords switched off",
      policy: entraOnly,
      sections: { server: collected([serverFacts({ passwordAuthentication: "Disabled" })]) },
    },
  ],
  fail: [
    {
      name: "passwords beside Entra",
      policy: entraOnly,
      sections: { server: collected([serverFacts()]) },
      subjects: ["server"],
    },
    {
      name: "an answer that does not state it",
      policy: entraOnly,
      sections: { server: collected([serverFacts({ passwordAuthentication: null })]) },
      subjects: ["server"],
    },
  ],
  notApplicable: [{ name: "the policy allows passwords", sections: { server: collected([serverFacts()]) } }],
});
