import { collected } from "../../../shared/collect/section.ts";
import { fnDefinerOwner } from "../../../shared/controls/code/fnDefinerOwner.ts";
import type { DefinerFunction } from "../../../shared/model/databaseEvidence.ts";
import { membership, role } from "../../builders.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { logins } from "../rls/loginCases.ts";
import { testControl } from "../testControl.ts";
import { definerFunction } from "./definerCases.ts";

function functions(...items: readonly DefinerFunction[]) {
  return { definerFunctions: collected(items) };
}

testControl(fnDefinerOwner, {
  pass: [
    { name: "no function", sections: logins(), database: functions() },
    {
      name: "an owner without login, functions of extensions and of the platform",
      sections: logins([membership("azure_pg_admin", "readers", { admin: true, inherit: false, set: false })]),
      database: functions(
        definerFunction(),
        definerFunction({ signature: "a()", owner: "pgadmin", extension: true }),
        definerFunction({ signature: "b()", owner: "azuresu" }),
        definerFunction({ signature: "c()", owner: "readers" }),
      ),
    },
  ],
  fail: [
    {
      name: "owners that log in or administer, beside an innocent function",
      sections: {
        ...logins([membership("azure_pg_admin", "ops"), membership("ops", "crew", { inherit: false })]),
        roles: collected([...logins().roles.items, role("ops"), role("crew"), role("root", { superuser: true })]),
      },
      database: functions(
        definerFunction(),
        definerFunction({ signature: odd, owner: "app_rw" }),
        definerFunction({ signature: "a()", owner: "pgadmin" }),
        definerFunction({ signature: "b()", owner: "azure_pg_admin" }),
        definerFunction({ signature: "c()", owner: "crew" }),
        definerFunction({ signature: "d()", owner: "root" }),
      ),
      subjects: [oddSubject, "a()", "b()", "c()", "d()"].map((name) => `function/app/app/${name}`),
      says: ["who can log in", "who is an administrator", "who is a superuser"],
    },
  ],
});
