import { collected } from "../../../shared/collect/section.ts";
import { fnDrift } from "../../../shared/controls/code/fnDrift.ts";
import { testControl } from "../testControl.ts";
import { definerFunction, driftOf } from "./definerCases.ts";

const database = { definerFunctions: collected([definerFunction()]) };

testControl(fnDrift, {
  pass: [
    { name: "no drift", sections: {}, database, baselineDrift: [] },
    {
      name: "drift of other things and of other databases",
      sections: {},
      database,
      baselineDrift: [
        driftOf("rowPolicy/app/app/accounts/by_tenant", "app"),
        driftOf("definerFunction/shop/app/total()", "shop"),
      ],
    },
  ],
  fail: [
    {
      name: "one function",
      sections: {},
      database,
      baselineDrift: [driftOf("definerFunction/app/app/total()", "app")],
      subjects: ["definerFunction/app/app/total()"],
    },
  ],
  notApplicable: [{ name: "no baseline", sections: {}, database }],
});
