import { collected } from "../../../shared/collect/section.ts";
import { rlsPolicyButDisabled } from "../../../shared/controls/rls/rlsPolicyButDisabled.ts";
import { protectedTable } from "../../builders.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";

const off = { enabled: false, forced: false };

testControl(rlsPolicyButDisabled, {
  pass: [
    { name: "a table with policies and row security", sections: {}, database: tables(protectedTable()) },
    { name: "no table", sections: {}, database: tables() },
    {
      name: "row security off where there is no policy",
      sections: {},
      database: tables(protectedTable({ enabled: false, policyCount: 0 })),
    },
  ],
  fail: [
    {
      name: "one table beside an innocent one, partitioned or not",
      sections: {},
      database: tables(
        protectedTable(),
        protectedTable({ ...off, table: odd }),
        protectedTable({ ...off, table: "events", partitioned: true, policyCount: 3 }),
      ),
      subjects: [`table/app/app/${oddSubject}`, "table/app/app/events"],
      says: ["has 3 policies"],
    },
    {
      name: "a table that is merely forced",
      sections: {},
      database: tables(protectedTable({ enabled: false, forced: true })),
      subjects: ["table/app/app/accounts"],
    },
  ],
});

function tables(...items: readonly ReturnType<typeof protectedTable>[]) {
  return { protectedTables: collected(items) };
}
