import { collected } from "../../../shared/collect/section.ts";
import { fnUntrustedLanguage } from "../../../shared/controls/code/fnUntrustedLanguage.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";
import { notable } from "./definerCases.ts";

testControl(fnUntrustedLanguage, {
  pass: [
    { name: "no function", sections: {}, database: { notableFunctions: collected([]) } },
    {
      name: "a function that is notable for being LEAKPROOF, and one of the platform",
      sections: {},
      database: {
        notableFunctions: collected([
          notable({ leakproof: true }),
          notable({ language: "c", trustedLanguage: false, owner: "azuresu" }),
        ]),
      },
    },
  ],
  fail: [
    {
      name: "one function beside an innocent one",
      sections: {},
      database: {
        notableFunctions: collected([
          notable({ language: "plpython3u", trustedLanguage: false, signature: odd }),
          notable({ leakproof: true }),
        ]),
      },
      subjects: [`function/app/app/${oddSubject}`],
      says: ["plpython3u is untrusted"],
    },
  ],
});
