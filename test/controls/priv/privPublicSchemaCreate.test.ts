import { collected } from "../../../shared/collect/section.ts";
import { privPublicSchemaCreate } from "../../../shared/controls/priv/privPublicSchemaCreate.ts";
import { aclGroup, grant } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { schemas } from "./aclCases.ts";

testControl(privPublicSchemaCreate, {
  pass: [
    { name: "USAGE alone", sections: {}, database: schemas(["public"], grant(null, "U")) },
    {
      name: "CREATE for a role, and for PUBLIC on another schema",
      sections: {},
      database: {
        acls: collected([
          aclGroup({ kind: "schema", schema: null, objects: ["public"], grants: [grant("app_owner", "CU")] }),
          aclGroup({ kind: "schema", schema: null, objects: ["Public"], grants: [grant(null, "CU")] }),
          aclGroup({ kind: "table", schema: "x", objects: ["public"], grants: [grant(null, "C")] }),
        ]),
      },
    },
  ],
  fail: [
    {
      name: "CREATE for PUBLIC, whoever owns the schema",
      sections: {},
      database: schemas(["app", "public"], grant(null, "CU")),
      subjects: ["schema/app/public"],
    },
    {
      name: "CREATE for PUBLIC on a schema of the platform's superuser",
      sections: {},
      database: {
        acls: collected([
          aclGroup({
            kind: "schema",
            schema: null,
            owner: "azuresu",
            objects: ["public"],
            grants: [grant(null, "C*U")],
          }),
        ]),
      },
      subjects: ["schema/app/public"],
    },
  ],
  notApplicable: [{ name: "a database without schema public", sections: {}, database: schemas(["app"]) }],
});
