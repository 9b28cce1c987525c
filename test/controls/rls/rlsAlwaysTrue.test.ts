import { collected } from "../../../shared/collect/section.ts";
import { rlsAlwaysTrue } from "../../../shared/controls/rls/rlsAlwaysTrue.ts";
import type { RowPolicy } from "../../../shared/model/databaseEvidence.ts";
import { policy, rowPolicy } from "../../builders.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";

function policies(...items: readonly RowPolicy[]) {
  return { rowPolicies: collected(items) };
}

const open = rowPolicy({ name: odd, using: "true" });
const subject = `policy/app/app/accounts/${oddSubject}`;
const narrow = rowPolicy({ name: "narrow", permissive: false, roles: [null] });

testControl(rlsAlwaysTrue, {
  pass: [
    { name: "a policy that depends on who asks", sections: {}, database: policies(rowPolicy()) },
    { name: "no policy", sections: {}, database: policies() },
    {
      name: "a restrictive policy that is always true, for it narrows nothing and opens nothing",
      sections: {},
      database: policies(rowPolicy({ permissive: false, using: "true" })),
    },
    {
      name: "no expression at all, which admits nothing",
      sections: {},
      database: policies(rowPolicy({ using: null, check: null })),
    },
    {
      name: "open reading where it is approved",
      policy: policy({ rowSecurity: { allowOpenSelect: true } }),
      sections: {},
      database: policies(rowPolicy({ command: "SELECT", using: "true" })),
    },
    {
      name: "a restrictive policy for the same roles and commands",
      sections: {},
      database: policies(open, narrow),
    },
    {
      name: "a restrictive policy for more roles and just that command",
      sections: {},
      database: policies(
        rowPolicy({ command: "DELETE", using: "true" }),
        rowPolicy({ name: "narrow", command: "DELETE", permissive: false, roles: ["app_rw", "batch"] }),
      ),
    },
  ],
  fail: [
    {
      name: "a question whose answer the table gives: a column without nulls is not null",
      sections: {},
      database: policies(
        rowPolicy({ using: "(tenant IS NOT NULL)" }),
        rowPolicy({ name: odd, using: "(tenant IS NOT NULL)", notNull: ["tenant"] }),
        { ...narrow, using: "(tenant IS NOT NULL)", notNull: ["tenant"] },
      ),
      subjects: [subject],
    },
    {
      name: "one policy beside an innocent one",
      sections: {},
      database: policies(rowPolicy(), open),
      subjects: [subject],
      says: ["using true"],
    },
    {
      name: "reading, where it is not approved, and writing, where reading is",
      policy: policy({ rowSecurity: { allowOpenSelect: true } }),
      sections: {},
      database: policies(open, rowPolicy({ name: "r", command: "SELECT", using: "true" })),
      subjects: [subject],
    },
    {
      name: "writing alone",
      sections: {},
      database: policies(
        rowPolicy({ name: odd, check: "(tenant = tenant)" }),
        rowPolicy({ name: "i", command: "INSERT", using: null, check: "true" }),
      ),
      subjects: [subject, "policy/app/app/accounts/i"],
      says: ["with check (tenant = tenant)"],
    },
    {
      name: "a restrictive policy for other roles, another command, another table, or without an effect",
      sections: {},
      database: policies(
        open,
        { ...narrow, roles: ["batch"] },
        { ...narrow, name: "named like all", roles: ["PUBLIC"] },
        { ...narrow, command: "SELECT" },
        { ...narrow, table: "other" },
        { ...narrow, using: "(1 = 1)" },
      ),
      subjects: [subject],
    },
    {
      name: "a restrictive policy that narrows reading, but not writing",
      sections: {},
      database: policies(open, { ...narrow, check: "true" }),
      subjects: [subject],
    },
  ],
});
