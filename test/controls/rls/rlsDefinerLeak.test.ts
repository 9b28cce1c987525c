import { collected } from "../../../shared/collect/section.ts";
import { rlsDefinerLeak } from "../../../shared/controls/rls/rlsDefinerLeak.ts";
import type { AclGroup, DefinerFunction } from "../../../shared/model/databaseEvidence.ts";
import { aclGroup, grant, protectedTable } from "../../builders.ts";
import { definerFunction } from "../code/definerCases.ts";
import { testControl } from "../testControl.ts";
import { logins } from "./loginCases.ts";

const schema = aclGroup({ kind: "schema", schema: null, objects: ["app"], grants: [grant(null, "U")] });

function functions(items: readonly DefinerFunction[], acls: readonly AclGroup[], enabled = true) {
  return {
    acls: collected([schema, ...acls]),
    protectedTables: collected([protectedTable({ enabled, forced: false })]),
    definerFunctions: collected(items),
  };
}

const reader = definerFunction({ signature: "total(text)", owner: "app_owner", mentions: ["app.accounts"] });
const open = aclGroup({ kind: "function", objects: ["total(text)"], grants: [grant(null, "X")] });

testControl(rlsDefinerLeak, {
  pass: [
    {
      name: "an owner whom the policies bind",
      sections: logins(),
      database: functions([{ ...reader, owner: "readers" }], [open]),
    },
    {
      name: "a function that no application may call",
      sections: logins(),
      database: functions(
        [reader],
        [aclGroup({ kind: "function", objects: ["total(text)"], grants: [grant("pgadmin", "X")] })],
      ),
    },
    {
      name: "functions that name nothing protected, and those of extensions",
      sections: logins(),
      database: functions(
        [
          { ...reader, mentions: [] },
          { ...reader, mentions: ["other.accounts"] },
          { ...reader, extension: true },
        ],
        [open],
      ),
    },
  ],
  fail: [
    {
      name: "PUBLIC and a grant, beside an innocent function",
      sections: logins(),
      database: functions(
        [
          reader,
          { ...reader, signature: "granted()", owner: "azuresu" },
          { ...reader, signature: "bound()", owner: "readers" },
        ],
        [open, aclGroup({ kind: "function", objects: ["granted()", "bound()"], grants: [grant("app_rw", "X")] })],
      ),
      subjects: ["function/app/app/total(text)", "function/app/app/granted()"],
      says: ["it owns the table", "it is a superuser", "app_rw, batch"],
    },
  ],
  notApplicable: [{ name: "no row security in use", sections: logins(), database: functions([reader], [open], false) }],
});
