import { collected } from "../../../shared/collect/section.ts";
import { privSearchPathWritable } from "../../../shared/controls/priv/privSearchPathWritable.ts";
import type { Membership, RoleSetting } from "../../../shared/model/catalogEvidence.ts";
import type { Sections } from "../../../shared/model/section.ts";
import { grant, membership, role } from "../../builders.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";
import { acls, schemas } from "./aclCases.ts";

function path(value: string, override: Partial<RoleSetting> = {}): RoleSetting {
  return { role: null, database: null, name: "search_path", value, ...override };
}

function server(
  roleSettings: readonly RoleSetting[] = [],
  memberships: readonly Membership[] = [],
  value?: string,
): Partial<Sections> {
  const setting = {
    name: "search_path",
    unit: null,
    source: "configuration file",
    context: "user",
    pendingRestart: false,
  };
  return {
    settings: collected(value === undefined ? [] : [{ ...setting, value }]),
    roleSettings: collected(roleSettings),
    memberships: collected(memberships),
    roles: collected([
      role("root", { canLogIn: true, superuser: true }),
      role("ann", { canLogIn: true }),
      role("bob", { canLogIn: true }),
      role(odd, { canLogIn: true }),
      role("team"),
    ]),
  };
}

const open = schemas(["public"], grant(null, "CU"));

testControl(privSearchPathWritable, {
  pass: [
    { name: "nobody but owners creates", sections: server(), database: schemas(["public", "app"], grant(null, "U")) },
    {
      name: "the owner, a superuser and the platform create",
      sections: server(),
      database: acls({
        kind: "schema",
        schema: null,
        ownerFull: false,
        objects: ["public"],
        grants: [grant("app_owner", "C"), grant("root", "C"), grant("azure_pg_admin", "C")],
      }),
    },
    { name: "an open schema off the path", sections: server([], [], "app, Pg_Temp"), database: open },
    {
      name: "the database's path wins over the server's",
      sections: server([path("app", { database: "app" })]),
      database: open,
    },
    {
      name: "a role called PUBLIC creates where it is as good as the one whose path it is",
      sections: server([path("app"), path("open", { role: "ann" })], [membership("ann", "PUBLIC")]),
      database: schemas(["open"], grant("PUBLIC", "C")),
    },
    { name: "a name in quotes is another schema", sections: server([path('"Public"')]), database: open },
    {
      name: "a role's path over its own schema, and over one of a role that is it anyway",
      sections: server(
        [path('"$user", app', { role: "ann" }), path("app", { database: "app" })],
        [membership("ann", "bob")],
      ),
      database: acls(
        { kind: "schema", schema: null, owner: "x", objects: ["ann"], grants: [grant("ann", "C"), grant("bob", "C")] },
        { kind: "schema", schema: null, objects: ["app"] },
      ),
    },
    {
      name: "paths of roles that do not log in, of other databases, and one that is overridden here",
      sections: server([
        path("app"),
        path("public", { role: "team" }),
        path("public", { role: "gone" }),
        path("public", { role: "ann", database: "other" }),
        path("public", { role: "bob" }),
        path("app", { role: "bob", database: "app" }),
      ]),
      database: open,
    },
  ],
  fail: [
    {
      name: "a role that is called PUBLIC is one role, and not everybody",
      sections: server([path("app"), path("open", { role: "ann" })]),
      database: schemas(["open"], grant("PUBLIC", "C")),
      subjects: ["role/app/ann"],
      says: ['"PUBLIC" can create in schema open'],
    },
    {
      name: "PostgreSQL's default path over a public that everybody writes",
      sections: server(),
      database: open,
      subjects: ["database/app"],
      says: ['The search_path of sessions in database app is "$user", public: PUBLIC can create in schema public.'],
    },
    {
      name: "the server's path over a schema that one role writes beside its owner",
      sections: server([], [], "sales,APP"),
      database: schemas(["app"], grant("ann", "CU"), grant("bob", "U")),
      subjects: ["database/app"],
      says: ["ann can create in schema app"],
    },
    {
      name: "a role's path, here and everywhere",
      sections: server([path("app"), path("open", { role: "ann" }), path("open", { role: odd, database: "app" })]),
      database: schemas(["open"], grant("bob", "C")),
      subjects: ["role/app/ann", `role/app/${oddSubject}`],
    },
    {
      name: "a schema of the role's name that somebody else writes",
      sections: server([path("app"), path('"$user"', { role: "ann" })]),
      database: schemas(["ann"], grant("bob", "C")),
      subjects: ["role/app/ann"],
    },
  ],
});
