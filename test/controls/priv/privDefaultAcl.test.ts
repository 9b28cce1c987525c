import { collected } from "../../../shared/collect/section.ts";
import { privDefaultAcl } from "../../../shared/controls/priv/privDefaultAcl.ts";
import type { DefaultPrivilege, DefinerFunction } from "../../../shared/model/databaseEvidence.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";
import { definer } from "./definerCases.ts";

function standing(override: Partial<DefaultPrivilege> = {}): DefaultPrivilege {
  return {
    owner: "app_owner",
    schema: null,
    kind: "table",
    sign: "+",
    grantee: null,
    privileges: ["SELECT"],
    ...override,
  };
}

const revoked = standing({ kind: "function", sign: "-", privileges: ["EXECUTE"] });

function database(defaults: readonly DefaultPrivilege[], ...functions: readonly Partial<DefinerFunction>[]) {
  return {
    defaultPrivileges: collected(defaults),
    definerFunctions: collected(functions.map((one) => definer(one))),
  };
}

testControl(privDefaultAcl, {
  pass: [
    { name: "PostgreSQL's own defaults, without definer functions", sections: {}, database: database([]) },
    {
      name: "defaults for roles, and such that take away",
      sections: {},
      database: database([
        standing({ grantee: "PUBLIC" }),
        standing({ grantee: "ann", privileges: ["SELECT*"] }),
        standing({ kind: "type", sign: "-", privileges: ["USAGE"] }),
      ]),
    },
    { name: "EXECUTE revoked for an owner of definer functions", sections: {}, database: database([revoked], {}) },
    {
      name: "definer functions of extensions and of the platform, whose defaults are the platform's",
      sections: {},
      database: database([standing({ owner: "azuresu" })], { extension: true }, { owner: "azuresu" }),
    },
  ],
  fail: [
    {
      name: "PUBLIC by default, everywhere and in one schema",
      sections: {},
      database: database([
        standing({ owner: odd }),
        standing({ owner: odd, schema: "sales" }),
        standing({ kind: "sequence", schema: "sales", privileges: ["SELECT", "USAGE"] }),
      ]),
      subjects: [
        `defaultPrivilege/app/${oddSubject}/table`,
        `defaultPrivilege/app/${oddSubject}/table/sales`,
        "defaultPrivilege/app/app_owner/sequence/sales",
      ],
      says: ["PUBLIC gets SELECT, USAGE on each sequence that app_owner makes in schema sales in database app."],
    },
    {
      name: "an owner of definer functions whose new functions anybody may execute; one finding for several functions",
      sections: {},
      database: database([standing({ ...revoked, owner: "ann" })], {}, { signature: "g()" }, { owner: "ann" }),
      subjects: ["defaultPrivilege/app/app_owner/function"],
      says: ["app_owner, an owner of SECURITY DEFINER functions"],
    },
    {
      name: "a revocation in one schema, which takes nothing away",
      sections: {},
      database: database([standing({ ...revoked, schema: "app" })], {}),
      subjects: ["defaultPrivilege/app/app_owner/function"],
    },
  ],
});
