import { describe, expect, it } from "@jest/globals";
import { collected, unavailable } from "../../shared/collect/section.ts";
import { rowPolicyItem } from "../../shared/diff/databaseItem.ts";
import { diffSnapshots } from "../../shared/diff/diffSnapshots.ts";
import { snapshotOf } from "../../shared/diff/snapshot.ts";
import type { AclGroup } from "../../shared/model/databaseEvidence.ts";
import type { Drift } from "../../shared/model/drift.ts";
import type { DatabaseSections, Sections } from "../../shared/model/section.ts";
import {
  aclGroup,
  catalogContext,
  database,
  databaseFacts,
  grant,
  membership,
  posture,
  protectedTable,
  role,
  rowPolicy,
  serverRef,
} from "../builders.ts";

const context = { comparison: "previous", serverId: serverRef().id } as const;

/** `ann` uses `app_ro` by inheritance, `bob` by SET ROLE; `eve` could only grant it to herself. */
const roles: Partial<Sections> = {
  context: collected([catalogContext()]),
  roles: collected([
    role("app_owner"),
    role("app_ro"),
    role("ann", { canLogIn: true }),
    role("bob", { canLogIn: true }),
    role("eve", { canLogIn: true }),
    role("staff", { entra: { objectId: "1", type: "group", admin: false, mfa: false } }),
    role("billing", { canLogIn: true, entra: { objectId: "2", type: "service", admin: false, mfa: false } }),
  ]),
  memberships: collected([
    membership("app_ro", "ann"),
    membership("app_ro", "bob", { inherit: false }),
    membership("app_ro", "eve", { admin: true, inherit: false, set: false }),
  ]),
};

function diff(
  before: Partial<DatabaseSections>,
  after: Partial<DatabaseSections>,
  server: Partial<Sections> = roles,
): readonly Drift[] {
  const sides = [before, after].map((given) =>
    snapshotOf(posture(server, serverRef(), [database("shop", given), database("other")])),
  );
  const [old, now] = sides;
  return old === undefined || now === undefined ? [] : diffSnapshots(old, now, context);
}

function diffAcls(before: readonly AclGroup[], after: readonly AclGroup[]): readonly Drift[] {
  return diff({ acls: collected(before) }, { acls: collected(after) });
}

function brief(drifts: readonly Drift[]): readonly string[] {
  return drifts.map(({ cause, change, severity, direction }) => `${severity} ${direction} ${change} ${cause}`);
}

describe("grants", () => {
  const plain = aclGroup();

  it("count the logins that gain, by inheritance and SET ROLE but not by what they would grant themselves", () => {
    const [drift, ...rest] = diffAcls([plain], [aclGroup({ grants: [grant("app_ro", "r", { grantors: ["bob"] })] })]);

    expect(rest).toEqual([]);
    expect(drift).toMatchObject({
      cause: "grant/shop/table/app/app_ro/-/r",
      database: "shop",
      severity: "low",
      direction: "gained",
      gainedCount: 2,
      gainedPrincipals: ["ann", "bob"],
      effectCount: 2,
      effects: [
        "login ann can now use SELECT on table app.orders in database shop: ann → app_ro, by inheritance",
        "login bob can now use SELECT on table app.orders in database shop: bob → app_ro, by SET ROLE",
      ],
      before: null,
      after: { privileges: "r", objects: ["orders"], objectCount: 1 },
      message:
        "Role app_ro got SELECT on table app.orders in database shop, granted by bob: 2 login roles can use it that could not before.",
    });
  });

  it("are one cause over 500 tables, whatever else stands in their ACLs", () => {
    const tables = Array.from({ length: 500 }, (_, index) => `t${index}`);
    const before = tables.map((table, index) =>
      aclGroup({ objects: [table], grants: index % 2 === 0 ? [grant(`g${index}`, "r")] : [] }),
    );
    const after = before.map((group) => ({ ...group, grants: [...group.grants, grant("app_ro", "arw")] }));

    const drifts = diffAcls(before, after);

    expect(brief(drifts)).toEqual(["medium gained added grant/shop/table/app/app_ro/-/arw"]);
    expect(drifts[0]?.after).toMatchObject({ objectCount: 500 });
    expect(drifts[0]?.message).toContain("on 500 tables of schema app (t0, t1, t10 and 497 more) in database shop");
  });

  it("to PUBLIC are high, and everyone gains who logs in, members of Entra groups too", () => {
    const [drift] = diffAcls([plain], [aclGroup({ grants: [grant(null, "r")] })]);

    expect(drift).toMatchObject({ severity: "high", gainedCount: 5, direction: "gained" });
    expect(drift?.gainedPrincipals).toEqual(["ann", "billing", "bob", "eve", "staff"]);
    expect(drift?.cause).toBe("grant/shop/table/app/PUBLIC/-/r");
  });

  it("leave out who had the privilege already, over another role or PUBLIC", () => {
    const over = diffAcls(
      [aclGroup({ grants: [grant("ann", "r")] })],
      [aclGroup({ grants: [grant("ann", "r"), grant("app_ro", "r")] })],
    );
    const everyone = diffAcls(
      [aclGroup({ grants: [grant(null, "arw")] })],
      [aclGroup({ grants: [grant(null, "arw"), grant("app_ro", "arw")] })],
    );

    expect(over[0]?.gainedPrincipals).toEqual(["bob"]);
    expect(everyone[0]).toMatchObject({ severity: "low", gainedCount: 0 });
  });

  it("tell GRANT OPTION from the privilege", () => {
    const [drift] = diffAcls(
      [aclGroup({ grants: [grant("app_ro", "r")] })],
      [aclGroup({ grants: [grant("app_ro", "r*")] })],
    );

    expect(drift).toMatchObject({ severity: "medium", cause: "grant/shop/table/app/app_ro/r/r*" });
    expect(drift?.message).toContain("got GRANT OPTION for SELECT on table app.orders");
  });

  it.each<[string, Partial<AclGroup>, string | null, string]>([
    ["medium gained added grant/shop/schema/*/app_ro/-/C", { kind: "schema", schema: null }, "app_ro", "C"],
    ["high gained added grant/shop/schema/*/PUBLIC/-/C", { kind: "schema", schema: null }, null, "C"],
    [
      "medium gained added grant/shop/function/app/PUBLIC/-/X",
      { kind: "function", objects: ["f(integer)"] },
      null,
      "X",
    ],
    [
      "critical gained added grant/shop/function/pg_catalog/app_ro/-/X",
      { kind: "function", schema: "pg_catalog" },
      "app_ro",
      "X",
    ],
    ["medium gained added grant/shop/table/app/app_ro/-/z", {}, "app_ro", "z"],
    ["low gained added grant/shop/table/app/nobody/-/arw", {}, "nobody", "arw"],
    ["low gained added grant/shop/table/app/oid:16401/-/arw", {}, "oid:16401", "arw"],
  ])("weigh what they give: %s", (expected, group, grantee, privileges) => {
    const drifts = diffAcls([aclGroup(group)], [aclGroup({ ...group, grants: [grant(grantee, privileges)] })]);

    expect(brief(drifts)).toEqual([expected]);
  });

  it("of columns and parameters are told although their ACLs appear with them", () => {
    const columns = aclGroup({ kind: "column", objects: ["orders.id"], grants: [grant("app_ro", "r")] });
    const setting = aclGroup({ kind: "parameter", schema: null, objects: ["session_replication_role"] });

    const onColumn = diffAcls([], [columns]);
    const [onParameter] = diffSnapshots(
      snapshotOf(posture({ ...roles, sharedAcls: collected([]) })),
      snapshotOf(posture({ ...roles, sharedAcls: collected([{ ...setting, grants: [grant("app_ro", "s")] }]) })),
      context,
    );

    expect(brief(onColumn)).toEqual(["low gained added grant/shop/column/app/app_ro/-/r"]);
    expect(onParameter).toMatchObject({ severity: "high", cause: "grant/*/parameter/*/app_ro/-/s", database: null });
  });

  it("that are taken away are information, unless a service lost them", () => {
    const lost = diffAcls([aclGroup({ grants: [grant("app_ro", "r")] })], [plain]);
    const service = diffAcls([aclGroup({ grants: [grant("billing", "r")] })], [plain]);

    expect(brief(lost)).toEqual(["info lost removed grant/shop/table/app/app_ro/r/-"]);
    expect(lost[0]).toMatchObject({ gainedCount: 0, effectCount: 2 });
    expect(lost[0]?.effects[0]).toBe("login ann can no longer use SELECT on table app.orders in database shop");
    expect(brief(service)).toEqual(["medium lost removed grant/shop/table/app/billing/r/-"]);
  });

  it("say when privileges of an owner were taken or given back", () => {
    const less = aclGroup({ ownerFull: false, grants: [grant("app_owner", "r")] });

    expect(brief(diffAcls([plain], [less]))).toEqual(["info lost changed grant/shop/table/app/app_owner/all/r"]);
    expect(brief(diffAcls([less], [plain]))).toEqual(["low gained changed grant/shop/table/app/app_owner/r/all"]);
  });

  it("keep grantees of every odd name apart", () => {
    const names = ["PUBLIC", '"PUBLIC"', "a/b", "a%2Fb", "a,b=c", "12345", "*", "__proto__", "line\nbreak", "ü"];

    const drifts = diffAcls([plain], [aclGroup({ grants: names.map((name) => grant(name, "r")) })]);

    expect(new Set(drifts.map(({ cause }) => cause)).size).toBe(names.length);
    expect(drifts.every(({ change }) => change === "added")).toBe(true);
  });

  it("still count when nobody knows who reaches whom", () => {
    const drifts = diff(
      { acls: collected([plain]) },
      { acls: collected([aclGroup({ grants: [grant(null, "r")] })]) },
      {},
    );

    expect(drifts).toMatchObject([{ severity: "high", gainedCount: 0, effectCount: 0 }]);
  });
});

describe("roles of policies", () => {
  it("are told apart from PUBLIC, however they are called", () => {
    const names = [null, "PUBLIC", '"PUBLIC"', "public", '"', '"\\"PUBLIC\\""'];
    const policies = names.map((name, index) => rowPolicy({ name: `p${index}`, roles: [name] }));

    const { rowPolicies } = snapshotOf(
      posture({}, serverRef(), [database("shop", { rowPolicies: collected(policies) })]),
    ).databases["shop"] ?? { rowPolicies: undefined };

    const written = Object.values(rowPolicies?.items ?? {}).map((item) => rowPolicyItem(item)?.roles.join());
    expect(written).toEqual(["PUBLIC", '"PUBLIC"', '"\\"PUBLIC\\""', "public", '"\\""', JSON.stringify(names[5])]);
    expect(new Set(written).size).toBe(names.length);
  });

  it("say in a message whether everyone is meant", () => {
    const before = { rowPolicies: collected([rowPolicy({ roles: ["PUBLIC"] })]) };
    const after = { rowPolicies: collected([rowPolicy({ roles: [null] })]) };

    expect(diff(before, after)[0]?.message).toContain('it holds for PUBLIC now, not for "PUBLIC"');
  });
});

describe("objects and owners", () => {
  it("report a new owner with the logins behind it", () => {
    const drifts = diffAcls([aclGroup()], [aclGroup({ owner: "app_ro" })]);

    expect(brief(drifts)).toEqual(["medium changed changed owner/shop/table/app/app_owner/app_ro"]);
    expect(drifts[0]?.gainedPrincipals).toEqual(["ann", "bob"]);
  });

  it("find a new owner of a protected table high, once", () => {
    const drifts = diff(
      { acls: collected([aclGroup({ objects: ["accounts"] })]), protectedTables: collected([protectedTable()]) },
      {
        acls: collected([aclGroup({ objects: ["accounts"], owner: "app_ro" })]),
        protectedTables: collected([protectedTable({ owner: "app_ro" })]),
      },
    );

    expect(brief(drifts)).toEqual(["high changed changed owner/shop/table/app/app_owner/app_ro"]);
  });

  it("report new objects by their privileges, lower where others of the schema grant the same", () => {
    const known = aclGroup({ grants: [grant("app_ro", "arw")] });

    const usual = diffAcls([known], [aclGroup({ grants: [grant("app_ro", "arw")], objects: ["orders", "new"] })]);
    const other = diffAcls([known], [known, aclGroup({ grants: [grant(null, "r")], objects: ["new"] })]);
    const bare = diffAcls([known], [known, aclGroup({ objects: ["new"] })]);

    expect(brief(usual)).toEqual(["low gained added object/shop/table/app/app_owner/app_ro=arw/+"]);
    expect(brief(other)).toEqual(["high gained added object/shop/table/app/app_owner/=r/+"]);
    expect(brief(bare)).toEqual(["info changed added object/shop/table/app/app_owner//+"]);
  });

  it("find privileges in pg_catalog that PostgreSQL does not give critical", () => {
    const tampered = aclGroup({
      kind: "function",
      schema: "pg_catalog",
      owner: "azuresu",
      objects: ["pg_read_file(text)"],
    });

    const drifts = diffAcls([], [{ ...tampered, grants: [grant("app_ro", "X")] }]);

    expect(drifts[0]).toMatchObject({ severity: "critical" });
    expect(drifts[0]?.message).toBe(
      "Function pg_catalog.pg_read_file(text) in database shop has other privileges than PostgreSQL itself gives: EXECUTE for role app_ro.",
    );
  });

  it("fold what goes with a dropped schema, table or role", () => {
    const schema = aclGroup({ kind: "schema", schema: null, objects: ["app"] });
    const column = aclGroup({ kind: "column", objects: ["orders.id"], grants: [grant("app_ro", "r")] });

    expect(brief(diffAcls([schema, aclGroup(), column], []))).toEqual([
      "info lost removed object/shop/schema/*/app_owner//-",
    ]);
  });

  it("tell a rename as one table gone and one come", () => {
    const drifts = diffAcls([aclGroup({ objects: ["a"] })], [aclGroup({ objects: ["b"] })]);

    expect(brief(drifts)).toEqual([
      "info changed added object/shop/table/app/app_owner//+",
      "info lost removed object/shop/table/app/app_owner//-",
    ]);
  });
});

describe("row security", () => {
  const table = protectedTable();
  const acls = collected([aclGroup({ objects: ["accounts"] })]);

  it.each<[string, Partial<DatabaseSections>, Partial<DatabaseSections>]>([
    [
      "critical gained changed protectedTable/shop/app/accounts",
      { protectedTables: collected([table]) },
      { protectedTables: collected([protectedTable({ enabled: false })]) },
    ],
    [
      "critical gained changed protectedTable/shop/app/accounts",
      { protectedTables: collected([table]) },
      { protectedTables: collected([protectedTable({ forced: false })]) },
    ],
    [
      "critical gained removed protectedTable/shop/app/accounts",
      { acls, protectedTables: collected([table]), rowPolicies: collected([rowPolicy()]) },
      { acls, protectedTables: collected([]), rowPolicies: collected([]) },
    ],
    [
      "info lost removed object/shop/table/app/app_owner//-",
      { acls, protectedTables: collected([table]), rowPolicies: collected([rowPolicy()]) },
      { acls: collected([]), protectedTables: collected([]), rowPolicies: collected([]) },
    ],
    [
      "info lost added protectedTable/shop/app/accounts",
      { protectedTables: collected([]) },
      { protectedTables: collected([table]) },
    ],
    [
      "critical changed removed rowPolicy/shop/app/accounts/by_tenant",
      { rowPolicies: collected([rowPolicy()]) },
      { rowPolicies: collected([]) },
    ],
    [
      "high gained removed rowPolicy/shop/app/accounts/guard",
      { rowPolicies: collected([rowPolicy(), rowPolicy({ name: "guard", permissive: false })]) },
      { rowPolicies: collected([rowPolicy()]) },
    ],
    [
      "high gained added rowPolicy/shop/app/accounts/all",
      { rowPolicies: collected([rowPolicy()]) },
      { rowPolicies: collected([rowPolicy(), rowPolicy({ name: "all", using: "true" })]) },
    ],
    [
      "high changed changed rowPolicy/shop/app/accounts/by_tenant",
      { rowPolicies: collected([rowPolicy()]) },
      { rowPolicies: collected([rowPolicy({ using: "true" })]) },
    ],
    [
      "high changed changed rowPolicy/shop/app/accounts/by_tenant",
      { rowPolicies: collected([rowPolicy()]) },
      { rowPolicies: collected([rowPolicy({ roles: [null] })]) },
    ],
    [
      "high changed changed rowPolicy/shop/app/accounts/by_tenant",
      { rowPolicies: collected([rowPolicy({ roles: ["PUBLIC"] })]) },
      { rowPolicies: collected([rowPolicy({ roles: [null] })]) },
    ],
    [
      "low changed added partition/shop/app/p1",
      { partitions: collected([]) },
      {
        partitions: collected([
          { schema: "app", table: "p1", parentSchema: "app", parentTable: "accounts", enabled: false },
        ]),
      },
    ],
  ])("%s", (expected, before, after) => {
    expect(brief(diff(before, after))).toEqual([expected]);
  });

  it("tells a policy once, although its table counts it too", () => {
    const drifts = diff(
      { protectedTables: collected([table]), rowPolicies: collected([rowPolicy()]) },
      {
        protectedTables: collected([protectedTable({ policyCount: 2 })]),
        rowPolicies: collected([rowPolicy(), rowPolicy({ name: "more" })]),
      },
    );

    expect(brief(drifts)).toEqual(["high gained added rowPolicy/shop/app/accounts/more"]);
  });

  it("counts policies where they could not be read", () => {
    const locked = { rowPolicies: unavailable("timeout", "locked"), protectedTables: collected([table]) };

    const drifts = diff(locked, { ...locked, protectedTables: collected([protectedTable({ policyCount: 0 })]) });

    expect(brief(drifts)).toEqual(["high changed changed protectedTable/shop/app/accounts"]);
  });

  it("does not take the policies of a locked table for dropped", () => {
    const drifts = diff(
      { protectedTables: collected([table]), rowPolicies: collected([rowPolicy()]) },
      { protectedTables: collected([table]), rowPolicies: collected([]) },
    );

    expect(drifts).toEqual([]);
  });

  it("tells that a login can now become the owner of a protected table", () => {
    const server: Partial<Sections> = roles;
    const databases = [database("shop", { protectedTables: collected([protectedTable({ forced: false })]) })];
    const edges = roles.memberships?.state === "collected" ? roles.memberships.items : [];
    const after = { ...server, memberships: collected([...edges, membership("app_owner", "app_ro")]) };

    const [drift, ...rest] = diffSnapshots(
      snapshotOf(posture(server, serverRef(), databases)),
      snapshotOf(posture(after, serverRef(), databases)),
      context,
    );

    expect(rest).toEqual([]);
    expect(drift).toMatchObject({ severity: "critical", cause: "membership/app_owner/app_ro" });
    expect(drift?.effects).toContain(
      "login bob can now become app_owner, owner of the protected table app.accounts in shop: bob → app_ro → app_owner, by SET ROLE",
    );
  });
});

describe("code and data", () => {
  const definer = {
    schema: "app",
    signature: "f(integer)",
    owner: "app_owner",
    language: "sql",
    searchPath: "app, pg_temp",
    bodyMd5: "1",
    publicExecute: false,
    extension: false,
    mentions: [],
  };
  const view = {
    schema: "app",
    view: "v",
    owner: "app_owner",
    materialized: false,
    invoker: true,
    tableSchema: "app",
    table: "accounts",
    depth: 1,
    readsAs: [null],
  };
  const lending = { ...view, invoker: false, readsAs: ["app_owner"] };
  const trigger = { name: "audit", event: "ddl_command_end", enabled: "O", owner: "app_owner", function: "app.audit" };
  const publication = { name: "p", owner: "app_owner", allTables: false, tables: ["app.orders"], schemas: [] };
  const privilege = {
    owner: "app_owner",
    schema: null,
    kind: "table",
    sign: "+",
    grantee: "app_ro",
    privileges: ["SELECT"],
  } as const;

  it.each<[string, Partial<DatabaseSections>, Partial<DatabaseSections>]>([
    [
      "high changed changed definerFunction/shop/app/f(integer)",
      { definerFunctions: collected([definer]) },
      { definerFunctions: collected([{ ...definer, bodyMd5: "2" }]) },
    ],
    [
      "high changed changed definerFunction/shop/app/f(integer)",
      { definerFunctions: collected([definer]) },
      { definerFunctions: collected([{ ...definer, searchPath: null }]) },
    ],
    [
      "high gained added definerFunction/shop/app/f(integer)",
      { definerFunctions: collected([]) },
      { definerFunctions: collected([{ ...definer, searchPath: null, publicExecute: true }]) },
    ],
    [
      "high gained changed definerFunction/shop/app/f(integer)",
      { definerFunctions: collected([definer]) },
      { definerFunctions: collected([{ ...definer, publicExecute: true }]) },
    ],
    [
      "high changed changed protectedView/shop/app/v/app/accounts",
      { protectedViews: collected([view]) },
      { protectedViews: collected([lending]) },
    ],
    [
      "high gained added protectedView/shop/app/v/app/accounts",
      { protectedViews: collected([]) },
      { protectedViews: collected([lending]) },
    ],
    [
      "medium changed added extension/shop/dblink",
      { extensions: collected([]) },
      {
        extensions: collected([
          { name: "dblink", version: "1.2", defaultVersion: "1.2", schema: "public", owner: "app_owner" },
        ]),
      },
    ],
    [
      "high changed changed eventTrigger/shop/audit",
      { eventTriggers: collected([trigger]) },
      { eventTriggers: collected([{ ...trigger, enabled: "D" }]) },
    ],
    [
      "high gained changed publication/shop/p",
      { publications: collected([publication]) },
      { publications: collected([{ ...publication, allTables: true, tables: [] }]) },
    ],
    [
      "medium gained changed publication/shop/p",
      { publications: collected([publication]) },
      { publications: collected([{ ...publication, tables: ["app.orders", "app.more"] }]) },
    ],
    [
      "high gained added userMapping/shop/remote/PUBLIC",
      { userMappings: collected([]) },
      { userMappings: collected([{ server: "remote", role: null }]) },
    ],
    [
      "medium changed changed foreignServer/shop/remote",
      { foreignServers: collected([{ name: "remote", wrapper: "postgres_fdw", owner: "o", options: ["host=a"] }]) },
      { foreignServers: collected([{ name: "remote", wrapper: "postgres_fdw", owner: "o", options: ["host=b"] }]) },
    ],
    [
      "medium changed added language/shop/plpython3u",
      { languages: collected([]) },
      { languages: collected([{ name: "plpython3u", trusted: false, owner: "o" }]) },
    ],
    [
      "medium changed added cronJob/shop/shop/ann/1/* * * * *",
      { cronJobs: collected([]) },
      {
        cronJobs: collected([{ schedule: "* * * * *", database: "shop", role: "ann", active: true, commandMd5: "1" }]),
      },
    ],
    [
      "medium gained added defaultPrivilege/shop/app_owner/*/table/+/app_ro",
      { defaultPrivileges: collected([]) },
      { defaultPrivileges: collected([privilege]) },
    ],
    [
      "high gained added defaultPrivilege/shop/app_owner/*/table/+/PUBLIC",
      { defaultPrivileges: collected([]) },
      { defaultPrivileges: collected([{ ...privilege, grantee: null }]) },
    ],
    [
      "high gained removed defaultPrivilege/shop/app_owner/*/function/-/PUBLIC",
      {
        defaultPrivileges: collected([
          { ...privilege, kind: "function", sign: "-", grantee: null, privileges: ["EXECUTE"] },
        ]),
      },
      { defaultPrivileges: collected([]) },
    ],
  ])("%s", (expected, before, after) => {
    expect(brief(diff(before, after))).toEqual([expected]);
  });

  it("fold the views of a chain into the one whose rights they lend", () => {
    const upper = { ...view, view: "upper", depth: 2 };

    const drifts = diff(
      { protectedViews: collected([view, upper]) },
      { protectedViews: collected([lending, { ...upper, readsAs: ["app_owner"] }]) },
    );

    expect(brief(drifts)).toEqual(["high changed changed protectedView/shop/app/v/app/accounts"]);
    expect(drifts[0]?.effects).toEqual([
      "View app.upper over the protected table app.accounts in database shop changed: it reads with the rights of app_owner now",
    ]);
  });

  it("tell a view that now stands on one with other rights", () => {
    const drifts = diff(
      { protectedViews: collected([view]) },
      { protectedViews: collected([{ ...view, depth: 2, readsAs: ["app_owner"] }]) },
    );

    expect(brief(drifts)).toEqual(["high changed changed protectedView/shop/app/v/app/accounts"]);
  });

  it("find a new owner of an upper view in its privileges, and nothing else in it", () => {
    const acl = aclGroup({ kind: "view", objects: ["v"] });
    const upper = { ...view, readsAs: ["ann"] };

    const drifts = diff(
      { acls: collected([acl]), protectedViews: collected([upper]) },
      { acls: collected([{ ...acl, owner: "bob" }]), protectedViews: collected([{ ...upper, owner: "bob" }]) },
    );

    expect(drifts.map(({ cause }) => cause)).toEqual(["owner/shop/view/app/app_owner/bob"]);
  });

  it("fold EXECUTE of PUBLIC on a definer function into the grant", () => {
    const acl = aclGroup({ kind: "function", objects: ["f(integer)"] });

    const drifts = diff(
      { acls: collected([acl]), definerFunctions: collected([definer]) },
      {
        acls: collected([{ ...acl, grants: [grant(null, "X")] }]),
        definerFunctions: collected([{ ...definer, publicExecute: true }]),
      },
    );

    expect(brief(drifts)).toEqual(["high gained added grant/shop/function/app/PUBLIC/-/X"]);
  });

  it("ignore what follows from tables alone: mentions and depth", () => {
    expect(
      diff(
        { definerFunctions: collected([definer]), protectedViews: collected([view]) },
        {
          definerFunctions: collected([{ ...definer, mentions: ["app.accounts"] }]),
          protectedViews: collected([{ ...view, depth: 3 }]),
        },
      ),
    ).toEqual([]);
  });
});

describe("databases", () => {
  const subscription = {
    database: "shop",
    name: "s",
    owner: "app_owner",
    enabled: true,
    publications: ["p"],
    passwordRequired: true,
    runAsOwner: false,
  };
  const acl = aclGroup({ kind: "database", schema: null, objects: ["shop"], grants: [grant(null, "Tc")] });

  it.each<[string, Partial<Sections>, Partial<Sections>]>([
    [
      "medium changed added database/new",
      { databases: collected([databaseFacts("shop")]), sharedAcls: collected([acl]) },
      {
        databases: collected([databaseFacts("shop"), databaseFacts("new")]),
        sharedAcls: collected([{ ...acl, objects: ["new", "shop"] }]),
      },
    ],
    [
      "info lost removed database/shop",
      { databases: collected([databaseFacts("shop")]), sharedAcls: collected([acl]) },
      { databases: collected([]), sharedAcls: collected([]) },
    ],
    [
      "high changed changed database/shop",
      { databases: collected([databaseFacts("shop")]), sharedAcls: collected([acl]) },
      {
        databases: collected([databaseFacts("shop", { owner: "ann" })]),
        sharedAcls: collected([{ ...acl, owner: "ann" }]),
      },
    ],
    [
      "medium changed changed subscription/shop/s",
      { subscriptions: collected([subscription]) },
      { subscriptions: collected([{ ...subscription, passwordRequired: false }]) },
    ],
  ])("%s", (expected, before, after) => {
    const drifts = diffSnapshots(snapshotOf(posture(before)), snapshotOf(posture(after)), context);

    expect(brief(drifts)).toEqual([expected]);
  });

  it("fold the implicit member of pg_database_owner into a new owner", () => {
    const roleList = collected([role("ann"), role("bob"), role("pg_database_owner")]);
    function owned(owner: string): Partial<Sections> {
      return {
        roles: roleList,
        databases: collected([databaseFacts("shop", { owner })]),
        memberships: collected([membership("pg_database_owner", owner, { grantor: "(implicit)" })]),
      };
    }

    const drifts = diffSnapshots(snapshotOf(posture(owned("ann"))), snapshotOf(posture(owned("bob"))), context);

    expect(brief(drifts)).toEqual(["high changed changed database/shop"]);
    expect(drifts[0]?.effectCount).toBe(2);
  });

  it.each(["before", "after"])("freeze a database that could not be read %s", (side) => {
    const read = { acls: collected([aclGroup({ grants: [grant(null, "r")] })]) };

    expect(side === "before" ? diff({}, read) : diff(read, {})).toEqual([]);
  });

  it("say nothing of what is in a database that only one side has", () => {
    const before = snapshotOf(posture(roles));
    const after = snapshotOf(posture(roles, serverRef(), [database("new", { acls: collected([aclGroup()]) })]));

    expect(diffSnapshots(before, after, context)).toEqual([]);
    expect(diffSnapshots(after, before, context)).toEqual([]);
  });
});
