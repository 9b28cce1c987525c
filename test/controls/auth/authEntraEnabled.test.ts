import { collected } from "../../../shared/collect/section.ts";
import { authEntraEnabled } from "../../../shared/controls/auth/authEntraEnabled.ts";
import { serverFacts } from "../../builders.ts";
import { testControl } from "../testControl.ts";

testControl(authEntraEnabled, {
  pass: [{ name: "both kinds of authentication", sections: { server: collected([serverFacts()]) } }],
  fail: [
    {
      name: "Entra authentication switched off",
      sections: { server: collected([serverFacts({ entraAuthentication: "Disabled" })]) },
      subjects: ["server"],
    },
    {
      name: "an old answer that does not state it",
      sections: { server: collected([serverFacts({ entraAuthentication: null })]) },
      subjects: ["server"],
    },
  ],
});
