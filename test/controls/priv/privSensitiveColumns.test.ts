import { collected } from "../../../shared/collect/section.ts";
import { privSensitiveColumns } from "../../../shared/controls/priv/privSensitiveColumns.ts";
import type { AclGroup, SensitiveColumn } from "../../../shared/model/databaseEvidence.ts";
import { aclGroup, grant, policy } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { named } from "./aclCases.ts";

const asked = policy({ privileges: { sensitiveColumns: ["^pass", "token"], sensitiveColumnReaders: ["auth_svc"] } });

function column(name: string, override: Partial<SensitiveColumn> = {}): SensitiveColumn {
  return { schema: "app", table: "users", column: name, ...override };
}

function database(columns: readonly SensitiveColumn[], ...groups: readonly Partial<AclGroup>[]) {
  return {
    sensitiveColumns: collected(columns),
    acls: collected(groups.map((group) => aclGroup({ objects: ["users"], ...group }))),
  };
}

testControl(privSensitiveColumns, {
  pass: [
    {
      name: "owners, approved readers, the platform, and other verbs",
      policy: asked,
      sections: {},
      database: database([column("password")], {
        grants: [grant("app_owner", "r"), grant("auth_svc", "r"), grant("azure_pg_admin", "r"), grant("ann", "aw")],
      }),
      says: ["The 1 sensitive columns"],
    },
    {
      name: "grants on other columns, other tables and the same table elsewhere",
      policy: asked,
      sections: {},
      database: database(
        [column("password"), column("salt", { table: "parcels" })],
        { kind: "column", objects: ["users.name"], grants: [grant("ann", "r")] },
        { objects: ["orders"], grants: [grant("ann", "r")] },
        { schema: "crm", grants: [grant("ann", "r")] },
        { kind: "view", grants: [grant("ann", "r")] },
      ),
    },
    { name: "no such column", policy: asked, sections: {}, database: database([], { grants: [grant(null, "r")] }) },
  ],
  fail: [
    {
      name: "over the table, over the column, and for PUBLIC; and other columns beside them",
      policy: asked,
      sections: {},
      database: database(
        [column("Password"), column("api_token", { table: "a.b" })],
        { grants: [grant(null, "r"), grant("ann", "arw")] },
        { kind: "column", objects: ['"a.b".api_token', "users.pin"], grants: [grant("bob", "r")] },
      ),
      subjects: [
        "column/app/app/users.Password/PUBLIC",
        "column/app/app/users.Password/ann",
        "column/app/app/a.b.api_token/bob",
      ],
      says: ["PUBLIC has SELECT on column app.users.Password of database app."],
    },
    {
      name: "a role that is called like everybody",
      policy: asked,
      sections: {},
      database: database([column("password")], { grants: [grant(null, "r"), grant("PUBLIC", "r")] }),
      subjects: ["column/app/app/users.password/PUBLIC", 'column/app/app/users.password/"PUBLIC"'],
    },
    {
      name: "the partitions of one table are one finding",
      policy: asked,
      sections: {},
      database: database(
        named(40).map((table) => column("password", { table })),
        { objects: named(40), grants: [grant("ann", "r")] },
      ),
      subjects: ["schema/app/app/column/ann"],
      says: ["on 40 objects of kind column of schema app"],
    },
  ],
  notApplicable: [
    {
      name: "no patterns are configured",
      sections: {},
      database: database([column("password")], { grants: [grant(null, "r")] }),
    },
  ],
});
