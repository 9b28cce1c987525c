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
  unknown: [
    {
      name: "the baseline lacks the functions of this database",
      sections: {},
      database,
      baselineDrift: [],
      uncompared: [
        { part: "definerFunctions", database: "app", why: "it was not read when the baseline was approved" },
        { part: "definerFunctions", database: "shop", why: "it was not read when the baseline was approved" },
      ],
      subjects: ["part/app/definerFunctions"],
      says: [
        "Part definerFunctions of database app was not compared with the baseline: it was not read when the baseline was approved.",
      ],
    },
  ],
  notApplicable: [{ name: "no baseline", sections: {}, database }],
});
