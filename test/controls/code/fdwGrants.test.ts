import { collected, unavailable } from "../../../shared/collect/section.ts";
import { fdwGrants } from "../../../shared/controls/code/fdwGrants.ts";
import type { AclGroup } from "../../../shared/model/databaseEvidence.ts";
import { aclGroup, grant, membership } from "../../builders.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { logins } from "../rls/loginCases.ts";
import { testControl } from "../testControl.ts";

const schema = aclGroup({ kind: "schema", schema: null, objects: ["ext"], grants: [grant(null, "U")] });

function acls(...items: readonly AclGroup[]) {
  return { acls: collected([schema, ...items]) };
}

function group(kind: AclGroup["kind"], name: string, ...grants: AclGroup["grants"]): AclGroup {
  return aclGroup({ kind, schema: kind === "function" ? "ext" : null, objects: [name], grants });
}

testControl(fdwGrants, {
  pass: [
    {
      name: "grants to roles that no application is",
      sections: logins(),
      database: acls(
        group("fdw", "postgres_fdw", grant("readers", "U")),
        group("server", "hub", grant("pgadmin", "U")),
        group("function", "dblink_connect_u(text)", grant("pgadmin", "X")),
      ),
    },
    {
      name: "another function that all may call",
      sections: logins(),
      database: acls(group("server", "hub"), group("function", "dblink_connect(text)", grant(null, "X"))),
    },
  ],
  fail: [
    {
      name: "PUBLIC, a group and an owner, beside an innocent server",
      sections: logins([membership("readers", "app_rw")]),
      database: acls(
        group("server", odd, grant("readers", "U")),
        group("fdw", "postgres_fdw", grant(null, "U")),
        group("function", "dblink_connect_u(text, text)", grant(null, "X")),
        { ...group("server", "own"), owner: "batch" },
        group("server", "hub"),
      ),
      subjects: [
        `foreignServer/app/${oddSubject}`,
        "foreignDataWrapper/app/postgres_fdw",
        "function/app/ext/dblink_connect_u(text, text)",
        "foreignServer/app/own",
      ],
      says: ["PUBLIC has EXECUTE on function ext.dblink_connect_u(text, text)", "app_rw"],
    },
  ],
  notApplicable: [{ name: "no foreign data", sections: logins(), database: acls() }],
  unknown: [
    {
      name: "a grant to who may be the administrator of an unknown server",
      sections: { ...logins(), server: unavailable("denied", "no right") },
      database: acls(group("server", "hub", grant("pgadmin", "U"))),
      subjects: ["foreignServer/app/hub"],
      section: "server",
    },
  ],
});
