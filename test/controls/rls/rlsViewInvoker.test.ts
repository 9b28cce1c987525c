import { collected } from "../../../shared/collect/section.ts";
import { rlsViewInvoker } from "../../../shared/controls/rls/rlsViewInvoker.ts";
import type { ProtectedTable, ProtectedView } from "../../../shared/model/databaseEvidence.ts";
import { membership, protectedTable, role } from "../../builders.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";
import { logins } from "./loginCases.ts";

function view(override: Partial<ProtectedView> = {}): ProtectedView {
  return {
    schema: "app",
    view: "overview",
    owner: "view_owner",
    materialized: false,
    invoker: false,
    tableSchema: "app",
    table: "accounts",
    depth: 1,
    ...override,
  };
}

function views(items: readonly ProtectedView[], tables: readonly ProtectedTable[] = [protectedTable()]) {
  return { protectedTables: collected(tables), protectedViews: collected(items) };
}

const before15 = logins([], 140018);

testControl(rlsViewInvoker, {
  pass: [
    { name: "a view that runs as the caller", sections: logins(), database: views([view({ invoker: true })]) },
    {
      name: "no view, and a materialised one, which another control judges",
      sections: logins(),
      database: views([view({ materialized: true })]),
    },
    {
      name: "before 15, an owner whom the policies bind",
      sections: before15,
      database: views([view(), view({ view: "b", owner: "app_owner" })]),
    },
    {
      name: "before 15, a view over a view, which reads with the rights of the lower owner",
      sections: before15,
      database: views([view(), view({ view: "upper", owner: "azuresu", depth: 2 })]),
    },
    {
      name: "before 15, an owner that could become another one but is not",
      sections: logins([membership("app_owner", "view_owner", { inherit: false })], 140018),
      database: views([view()], [protectedTable({ forced: false })]),
    },
  ],
  fail: [
    {
      name: "one view beside an innocent one, over two tables, judged once",
      sections: logins(),
      database: views(
        [view({ invoker: true }), view({ view: odd }), view({ view: odd, table: "b" })],
        [protectedTable(), protectedTable({ table: "b" })],
      ),
      subjects: [`view/app/app/${oddSubject}`],
      says: ["reads app.accounts, app.b as its owner view_owner"],
    },
    {
      name: "before 15, owners whom the policies do not bind",
      sections: {
        ...logins([membership("azure_pg_admin", "admin_like"), membership("app_owner", "group")], 140018),
        roles: collected([role("free", { bypassRls: true }), role("azuresu", { superuser: true })]),
      },
      database: views(
        [
          view({ view: "super", owner: "azuresu" }),
          view({ view: "attribute", owner: "free" }),
          view({ view: "administrator", owner: "admin_like" }),
          view({ view: "owner", owner: "app_owner" }),
          view({ view: "member", owner: "group" }),
        ],
        [protectedTable({ forced: false })],
      ),
      subjects: ["administrator", "attribute", "member", "owner", "super"].map((name) => `view/app/app/${name}`),
      says: ["it is a superuser", "it has BYPASSRLS", "it is azure_pg_admin", "it owns the table"],
    },
  ],
  notApplicable: [
    {
      name: "no row security in use",
      sections: logins(),
      database: views([view()], [protectedTable({ enabled: false })]),
    },
  ],
});
