import { collected } from "../../../shared/collect/section.ts";
import { rlsLeakproof } from "../../../shared/controls/rls/rlsLeakproof.ts";
import { notable } from "../code/definerCases.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";

testControl(rlsLeakproof, {
  pass: [
    { name: "no function", sections: {}, database: { notableFunctions: collected([]) } },
    {
      name: "a function that is notable for its language, and one of the platform",
      sections: {},
      database: {
        notableFunctions: collected([
          notable({ language: "c", trustedLanguage: false }),
          notable({ leakproof: true, owner: "azuresu" }),
        ]),
      },
    },
  ],
  fail: [
    {
      name: "one function beside an innocent one",
      sections: {},
      database: {
        notableFunctions: collected([notable({ leakproof: true, signature: odd }), notable({ signature: "f()" })]),
      },
      subjects: [`function/app/app/${oddSubject}`],
    },
  ],
});
