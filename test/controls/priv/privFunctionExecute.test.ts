import { collected } from "../../../shared/collect/section.ts";
import { privFunctionExecute } from "../../../shared/controls/priv/privFunctionExecute.ts";
import type { DefinerFunction } from "../../../shared/model/databaseEvidence.ts";
import { testControl } from "../testControl.ts";
import { definer } from "./definerCases.ts";

function functions(...given: readonly Partial<DefinerFunction>[]) {
  return { definerFunctions: collected(given.map((one) => definer(one))) };
}

const open = { publicExecute: true };

testControl(privFunctionExecute, {
  pass: [
    { name: "EXECUTE was taken from PUBLIC", sections: {}, database: functions({}) },
    {
      name: "functions of extensions and of the platform",
      sections: {},
      database: functions({ ...open, extension: true }, { ...open, owner: "azuresu" }),
    },
    { name: "no such function", sections: {}, database: functions() },
  ],
  fail: [
    {
      name: "one overload of two, and a name that needs quotes",
      sections: {},
      database: functions(
        { ...open, signature: "f(integer)" },
        { signature: "f(text)" },
        { ...open, schema: "a/b", signature: '"Do %it"(app.mood)' },
      ),
      subjects: ["function/app/app/f(integer)", 'function/app/a%2Fb/"Do %25it"(app.mood)'],
      says: ["PUBLIC may execute app.f(integer) of database app, which runs as app_owner."],
    },
  ],
});
