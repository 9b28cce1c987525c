import { privPublicRelations } from "../../../shared/controls/priv/privPublicRelations.ts";
import { grant } from "../../builders.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";
import { acls, named } from "./aclCases.ts";

const open = [grant(null, "r")];

testControl(privPublicRelations, {
  pass: [
    { name: "grants to roles", sections: {}, database: acls({ grants: [grant("PUBLIC", "r"), grant("ann", "arwd")] }) },
    {
      name: "PUBLIC on schemas, functions, types and languages",
      sections: {},
      database: acls(
        { kind: "schema", schema: null, objects: ["app"], grants: [grant(null, "U")] },
        { kind: "function", objects: ["f()"], grants: [grant(null, "X")] },
        { kind: "type", grants: [grant(null, "U")] },
        { kind: "language", schema: null, objects: ["plpgsql"], grants: [grant(null, "U")] },
      ),
    },
    {
      name: "catalogs that PUBLIC reads by design, and what the platform or an extension made",
      sections: {},
      database: acls(
        {
          kind: "view",
          schema: "pg_catalog",
          owner: "azuresu",
          objects: ["pg_stats"],
          grants: [...open, grant("ann", "r")],
        },
        { kind: "view", schema: "pg_catalog", owner: "azuresu", objects: ["pg_settings"], grants: [grant(null, "rw")] },
        { kind: "table", schema: "information_schema", owner: "azuresu", objects: ["sql_features"], grants: open },
        { kind: "view", schema: "public", owner: "azuresu", objects: ["pg_stat_statements"], grants: open },
      ),
    },
    { name: "nothing at all", sections: {}, database: acls() },
  ],
  fail: [
    {
      name: "every kind of relation, and a column",
      sections: {},
      database: acls(
        { objects: [odd], grants: open },
        { kind: "view", objects: ["v"], grants: open },
        { kind: "matview", objects: ["m"], grants: open },
        { kind: "foreign_table", objects: ["f"], grants: open },
        { kind: "sequence", objects: ["s"], grants: [grant(null, "U")] },
        { kind: "column", objects: ["accounts.name"], grants: [grant(null, "w"), grant("ann", "r")] },
        { objects: ["innocent"], grants: [grant("ann", "r")] },
      ),
      subjects: [
        `table/app/app/${oddSubject}`,
        "view/app/app/v",
        "materializedView/app/app/m",
        "foreignTable/app/app/f",
        "sequence/app/app/s",
        "column/app/app/accounts.name",
      ],
      says: ["PUBLIC has USAGE on sequence app.s of database app.", "PUBLIC has UPDATE on column app.accounts.name of"],
    },
    {
      name: "a catalog that PostgreSQL closes, and one that PUBLIC may change",
      sections: {},
      database: acls(
        { schema: "pg_catalog", owner: "azuresu", objects: ["pg_authid"], grants: open },
        { schema: "pg_catalog", owner: "azuresu", objects: ["pg_class"], grants: [grant(null, "rw")] },
      ),
      subjects: ["table/app/pg_catalog/pg_authid", "table/app/pg_catalog/pg_class"],
    },
    {
      name: "twenty tables are a finding each, twenty-one are one; another schema counts for itself",
      sections: {},
      database: acls(
        { objects: named(20), grants: open },
        { schema: "big", objects: named(11), grants: open },
        { schema: "big", objects: named(10, "u"), grants: [grant(null, "ar")] },
      ),
      subjects: [...named(20).map((name) => `table/app/app/${name}`), "schema/app/big/table"],
      says: [
        "PUBLIC has SELECT, INSERT on 21 objects of kind table of schema big of database app: table big.t0, table big.t1",
      ],
    },
  ],
});
