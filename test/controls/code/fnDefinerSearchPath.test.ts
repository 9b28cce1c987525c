import { collected } from "../../../shared/collect/section.ts";
import { fnDefinerSearchPath } from "../../../shared/controls/code/fnDefinerSearchPath.ts";
import type { AclGroup, DefinerFunction } from "../../../shared/model/databaseEvidence.ts";
import { aclGroup, grant, membership } from "../../builders.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { logins } from "../rls/loginCases.ts";
import { testControl } from "../testControl.ts";
import { definerFunction } from "./definerCases.ts";

function functions(items: readonly DefinerFunction[], acls: readonly AclGroup[] = []) {
  return { definerFunctions: collected(items), acls: collected(acls) };
}

function schema(name: string, ...grants: readonly ReturnType<typeof grant>[]): AclGroup {
  return aclGroup({ kind: "schema", schema: null, owner: "app_owner", objects: [name], grants });
}

function withPath(searchPath: string | null, signature = odd): DefinerFunction {
  return definerFunction({ signature, searchPath });
}

const subject = `function/app/app/${oddSubject}`;

testControl(fnDefinerSearchPath, {
  pass: [
    { name: "no function", sections: logins(), database: functions([]) },
    {
      name: "paths that no caller can put anything into",
      sections: logins(),
      database: functions(
        ["app, pg_temp", '""', "pg_catalog", "pg_catalog, pg_temp", "pg_catalog, app, pg_temp"].map((path, index) =>
          withPath(path, `f${index}()`),
        ),
        [schema("app", grant("app_rw", "U"))],
      ),
    },
    {
      name: "a schema that only those may write to who could act as the owner of the function anyway",
      sections: logins([membership("app_owner", "batch", { inherit: false })]),
      database: functions(
        [withPath("app, pg_temp")],
        [
          schema(
            "app",
            grant("app_owner", "CU"),
            grant("batch", "C"),
            grant("pgadmin", "C"),
            grant("azure_pg_admin", "C"),
            grant("azuresu", "C"),
          ),
          schema("other", grant(null, "C")),
        ],
      ),
    },
    {
      name: "functions of extensions and of the platform",
      sections: logins(),
      database: functions([
        definerFunction({ searchPath: null, extension: true }),
        definerFunction({ searchPath: null, owner: "azuresu", signature: "g()" }),
      ]),
    },
  ],
  fail: [
    {
      name: "no path, beside an innocent function",
      sections: logins(),
      database: functions([withPath(null), withPath("app, pg_temp", "f()")]),
      subjects: [subject],
      says: ["uses the search_path of the caller"],
    },
    {
      name: "a schema of the caller's own",
      sections: logins(),
      database: functions([withPath('"$user", pg_temp')]),
      subjects: [subject],
      says: ["each caller chooses"],
    },
    {
      name: "temporary objects that come first: pg_temp in front, in between, twice or not named",
      sections: logins(),
      database: functions(
        ["app", "pg_temp, app", "app, pg_temp, public", "pg_temp, app, pg_temp", '"app, pg_temp"'].map((path, index) =>
          withPath(path, `f${index}()`),
        ),
      ),
      subjects: [0, 1, 2, 3, 4].map((index) => `function/app/app/f${index}()`),
      says: ["pg_temp is not last"],
    },
    {
      name: "a schema that others may write to",
      sections: logins([membership("app_owner", "batch", { admin: true, inherit: false, set: false })]),
      database: functions(
        [withPath("app, pg_temp"), withPath("public, pg_temp", "f()")],
        [schema("app", grant("batch", "CU")), schema("public", grant(null, "CU"))],
      ),
      subjects: [subject, "function/app/app/f()"],
      says: ["where batch may create objects in schema app", "where PUBLIC may create"],
    },
  ],
});
