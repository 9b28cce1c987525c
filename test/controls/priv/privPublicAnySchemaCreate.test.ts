import { privPublicAnySchemaCreate } from "../../../shared/controls/priv/privPublicAnySchemaCreate.ts";
import { grant } from "../../builders.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";
import { acls, named, schemas } from "./aclCases.ts";

testControl(privPublicAnySchemaCreate, {
  pass: [
    {
      name: "USAGE for PUBLIC, CREATE for a role",
      sections: {},
      database: schemas(["app"], grant(null, "U"), grant("ann", "CU")),
    },
    {
      name: "schema public, which has a control of its own",
      sections: {},
      database: schemas(["public"], grant(null, "CU")),
    },
    { name: "no schema at all", sections: {}, database: acls() },
  ],
  fail: [
    {
      name: "two schemas of one ACL beside innocent ones",
      sections: {},
      database: acls(
        { kind: "schema", schema: null, objects: [odd, "sales", "public"], grants: [grant(null, "CU")] },
        { kind: "schema", schema: null, objects: ["app"], grants: [grant("ann", "C")] },
      ),
      subjects: [`schema/app/${oddSubject}`, "schema/app/sales"],
      says: ["PUBLIC has CREATE on schema sales of database app."],
    },
    {
      name: "a catalog that somebody opened",
      sections: {},
      database: acls({
        kind: "schema",
        schema: null,
        owner: "azuresu",
        objects: ["pg_catalog"],
        grants: [grant(null, "CU")],
      }),
      subjects: ["schema/app/pg_catalog"],
    },
    {
      name: "a thousand schemas are one finding",
      sections: {},
      database: schemas(named(1000, "tenant"), grant(null, "C")),
      subjects: ["database/app/schema"],
      says: ["PUBLIC has CREATE on 1000 objects of kind schema of database app: schema tenant0"],
    },
  ],
});
