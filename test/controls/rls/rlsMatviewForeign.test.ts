import { collected, unavailable } from "../../../shared/collect/section.ts";
import { rlsMatviewForeign } from "../../../shared/controls/rls/rlsMatviewForeign.ts";
import type { AclGroup, ProtectedView } from "../../../shared/model/databaseEvidence.ts";
import { aclGroup, grant, membership, policy, protectedTable } from "../../builders.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";
import { logins } from "./loginCases.ts";

function copy(view: string, override: Partial<ProtectedView> = {}): ProtectedView {
  return {
    ...{ schema: "app", view, owner: "app_owner", materialized: true, invoker: false },
    ...{ tableSchema: "app", table: "accounts", depth: 1, readsAs: ["app_owner"] },
    ...override,
  };
}

const schema = aclGroup({ kind: "schema", schema: null, objects: ["app"], grants: [grant(null, "U")] });

function copies(acls: readonly AclGroup[], views: readonly ProtectedView[], enabled = true) {
  return {
    acls: collected([schema, ...acls]),
    protectedTables: collected([protectedTable({ enabled })]),
    protectedViews: collected(views),
  };
}

const foreign = aclGroup({ kind: "foreign_table", objects: ["remote"], grants: [grant("app_rw", "r")] });

testControl(rlsMatviewForeign, {
  pass: [
    {
      name: "copies that no application reads, and other relations that all read",
      sections: logins([membership("readers", "pgadmin")]),
      database: copies(
        [
          aclGroup({ kind: "matview", objects: ["totals"], grants: [grant("readers", "r")] }),
          aclGroup({ kind: "foreign_table", objects: ["remote"], grants: [grant("app_rw", "awd")] }),
          aclGroup({ kind: "view", objects: ["plain"], grants: [grant(null, "r")] }),
          aclGroup({ kind: "matview", objects: ["harmless"], grants: [grant(null, "r")] }),
          aclGroup({ kind: "foreign_table", owner: "azuresu", objects: ["platform"], grants: [grant(null, "r")] }),
        ],
        [copy("totals"), copy("plain", { materialized: false })],
      ),
    },
    { name: "no copy", sections: logins(), database: copies([], []) },
    {
      name: "approved copies",
      policy: policy({ rowSecurity: { approvedCopies: ["app/app.totals", "app/app.remote"] } }),
      sections: logins(),
      database: copies(
        [foreign, aclGroup({ kind: "matview", objects: ["totals"], grants: [grant(null, "r")] })],
        [copy("totals")],
      ),
    },
  ],
  fail: [
    {
      name: "a materialised view over two tables and a foreign table, through PUBLIC, a group or a column",
      sections: logins([membership("readers", "app_rw")]),
      database: copies(
        [
          aclGroup({ kind: "matview", objects: [odd], grants: [grant("readers", "r")] }),
          aclGroup({ kind: "matview", objects: ["open"], grants: [grant(null, "r")] }),
          aclGroup({ kind: "matview", objects: ["own"], owner: "batch" }),
          aclGroup({ kind: "matview", objects: ["part"] }),
          aclGroup({ kind: "column", objects: ["part.id"], ownerFull: false, grants: [grant("app_rw", "r")] }),
          foreign,
        ],
        [copy(odd), copy(odd, { table: "b" }), copy("open"), copy("own"), copy("part")],
      ),
      subjects: [
        `view/app/app/${oddSubject}`,
        "view/app/app/open",
        "view/app/app/own",
        "view/app/app/part",
        "foreignTable/app/app/remote",
      ],
      says: ["keeps rows of app.accounts, app.b", "app_rw, batch"],
    },
    {
      name: "a role that reads everything",
      sections: logins([membership("pg_read_all_data", "app_rw")]),
      database: copies([aclGroup({ kind: "matview", objects: ["totals"] })], [copy("totals")]),
      subjects: ["view/app/app/totals"],
    },
  ],
  notApplicable: [{ name: "no row security in use", sections: logins(), database: copies([foreign], [], false) }],
  unknown: [
    {
      name: "a reader that may be the administrator of an unknown server",
      sections: { ...logins(), server: unavailable("denied", "no right") },
      database: copies(
        [aclGroup({ kind: "matview", objects: ["totals"], grants: [grant("pgadmin", "r")] })],
        [copy("totals")],
      ),
      subjects: ["view/app/app/totals"],
      section: "server",
    },
  ],
});
