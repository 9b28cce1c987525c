import { collected } from "../../../shared/collect/section.ts";
import { rlsViewInvoker } from "../../../shared/controls/rls/rlsViewInvoker.ts";
import type { ProtectedTable, ProtectedView } from "../../../shared/model/databaseEvidence.ts";
import { membership, protectedTable, role } from "../../builders.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";
import { logins } from "./loginCases.ts";

function view(override: Partial<ProtectedView> = {}): ProtectedView {
  const { owner = "view_owner", invoker = false } = override;
  return {
    ...{ schema: "app", view: "overview", owner, materialized: false, invoker },
    ...{ tableSchema: "app", table: "accounts", depth: 1, readsAs: [invoker ? null : owner] },
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
      database: views([view(), view({ view: "upper", owner: "azuresu", depth: 2, readsAs: ["view_owner"] })]),
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
      name: "a view that runs as the caller over one that does not, and one that lends nothing but is not set",
      sections: logins(),
      database: views([
        view({ view: "lower", owner: "ann" }),
        view({ view: "upper", invoker: true, depth: 2, readsAs: ["ann"] }),
        view({ view: "unset", depth: 2, readsAs: [null] }),
      ]),
      subjects: ["view/app/app/lower", "view/app/app/unset", "view/app/app/upper"],
      says: [
        "View app.upper of database app reads app.accounts as ann, who owns a view below it, for security_invoker",
        "View app.unset of database app reads app.accounts as the caller; security_invoker is not set.",
      ],
    },
    {
      name: "before 15, a bound owner's view over one of an owner whom the policies do not bind",
      sections: { ...before15, roles: collected([role("free", { bypassRls: true }), role("view_owner")]) },
      database: views([view({ view: "upper", depth: 2, readsAs: ["free"] })]),
      subjects: ["view/app/app/upper"],
      says: ["as free, who owns a view below it, whom the policies do not bind: it has BYPASSRLS"],
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
