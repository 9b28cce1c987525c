import { collected, unavailable } from "../../../shared/collect/section.ts";
import { roleAdminOwnsObjects } from "../../../shared/controls/role/roleAdminOwnsObjects.ts";
import type { Membership } from "../../../shared/model/catalogEvidence.ts";
import type { AclGroup } from "../../../shared/model/databaseEvidence.ts";
import { aclGroup, catalogContext, membership, role } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { odd, oddSubject } from "./attributeCases.ts";

function server(...memberships: readonly Membership[]) {
  const roles = ["azuresu", "azure_pg_admin", "pgadmin", "app_owner", "ann", odd].map((name) => role(name));
  return {
    roles: collected(roles),
    memberships: collected([membership("azure_pg_admin", "pgadmin"), ...memberships]),
    context: collected([catalogContext()]),
  };
}

function objects(...groups: readonly Partial<AclGroup>[]) {
  return { acls: collected(groups.map((group) => aclGroup(group))) };
}

const born: readonly Partial<AclGroup>[] = [
  { kind: "schema", schema: null, owner: "azure_pg_admin", objects: ["public"] },
  { kind: "function", schema: "public", owner: "azuresu", objects: ["azure_roles_authtype()"] },
  { owner: "app_owner" },
];

testControl(roleAdminOwnsObjects, {
  pass: [
    {
      name: "owners that are no administrators, and what the platform made",
      sections: server(membership("app_owner", "pgadmin")),
      database: objects(...born),
    },
    {
      name: "types, languages and other things that hold no rows and run nothing",
      sections: server(),
      database: objects({ kind: "type", owner: "pgadmin" }, { kind: "language", schema: null, owner: "pgadmin" }),
    },
    {
      name: "an owner that could grant itself azure_pg_admin, which another control judges",
      sections: server(membership("azure_pg_admin", "ann", { admin: true, inherit: false, set: false })),
      database: objects({ owner: "ann" }),
    },
    { name: "no objects at all", sections: server(), database: objects() },
  ],
  fail: [
    {
      name: "the administrator login and members by inheritance and by SET ROLE, one finding each",
      sections: server(
        membership("azure_pg_admin", "ann", { inherit: false }),
        membership("azure_pg_admin", odd, { set: false }),
      ),
      database: objects(
        ...born,
        { owner: "pgadmin", objects: ["a", "b", "c", "d"] },
        { owner: "pgadmin", kind: "schema", schema: null, objects: ["app"] },
        { owner: "ann", kind: "function", objects: ["f(integer)"] },
        { owner: odd, kind: "matview", schema: "sales" },
      ),
      subjects: ["role/app/pgadmin", "role/app/ann", `role/app/${oddSubject}`],
      says: [
        "Administrator pgadmin owns 5 objects (schema app, table app.a, table app.b and 2 more) of database app.",
        "owns function app.f(integer) of",
        "owns materialized view sales.orders of",
      ],
    },
    {
      name: "a member of azure_pg_admin on a server that could not be read",
      sections: { ...server(), server: unavailable("denied", "no right to read the server") },
      database: objects({ owner: "pgadmin" }),
      subjects: ["role/app/pgadmin"],
    },
  ],
  notApplicable: [
    {
      name: "a plain PostgreSQL without azure_pg_admin",
      sections: { ...server(), roles: collected([role("pgadmin")]) },
      database: objects({ owner: "pgadmin" }),
    },
  ],
});
