import { describe, expect, it } from "@jest/globals";
import { collected, unavailable } from "../../shared/collect/section.ts";
import { diffSnapshots } from "../../shared/diff/diffSnapshots.ts";
import { snapshotOf } from "../../shared/diff/snapshot.ts";
import type { Drift } from "../../shared/model/drift.ts";
import type { Sections } from "../../shared/model/section.ts";
import {
  aclGroup,
  catalogContext,
  database,
  grant,
  membership,
  parameter,
  posture,
  role,
  rowPolicy,
  serverFacts,
  serverRef,
} from "../builders.ts";

const context = { comparison: "previous", serverId: serverRef().id } as const;

function diff(before: Partial<Sections>, after: Partial<Sections>): readonly Drift[] {
  return diffSnapshots(snapshotOf(posture(before)), snapshotOf(posture(after)), context);
}

/** Cause, change and severity: what most cases are about. */
function brief(drifts: readonly Drift[]): readonly string[] {
  return drifts.map(({ cause, change, severity }) => `${severity} ${change} ${cause}`);
}

const administrator = role("pgadmin", { canLogIn: true, createRole: true, createDb: true });
const birth = {
  roles: [role("azure_pg_admin"), administrator, role("app_rw", { canLogIn: true })],
  memberships: [membership("azure_pg_admin", "pgadmin")],
};
const born: Partial<Sections> = { roles: collected(birth.roles), memberships: collected(birth.memberships) };

function setting(name: string, value: string) {
  return { name, value, unit: null, source: "configuration file", context: "sighup", pendingRestart: false };
}

describe("one drift per cause", () => {
  it("finds nothing on an unchanged server", () => {
    expect(diff(born, born)).toEqual([]);
  });

  it("reports a parameter once, although the running server shows it too", () => {
    const drifts = diff(
      {
        parameters: collected([parameter("require_secure_transport", "on", { dataType: "Boolean" })]),
        settings: collected([setting("require_secure_transport", "on")]),
      },
      {
        parameters: collected([parameter("require_secure_transport", "OFF", { dataType: "Boolean" })]),
        settings: collected([setting("require_secure_transport", "off")]),
      },
    );

    expect(brief(drifts)).toEqual(["critical changed parameter/require_secure_transport"]);
    expect(drifts[0]?.message).toBe(
      'Parameter require_secure_transport changed from "on" to "off": connections without TLS are accepted now.',
    );
    expect(drifts[0]?.effectCount).toBe(1);
  });

  it("reports a setting alone when ARM does not know it, or was not read", () => {
    const drifts = diff(
      { settings: collected([setting("ssl_min_protocol_version", "TLSv1.2")]) },
      { settings: collected([setting("ssl_min_protocol_version", "TLSv1")]) },
    );

    expect(brief(drifts)).toEqual(["critical changed setting/ssl_min_protocol_version"]);
  });

  it("reports a new login role with CREATEROLE once, with its attributes and its creator's edge as effects", () => {
    const drifts = diff(born, {
      roles: collected([...birth.roles, role("intruder", { canLogIn: true, createRole: true })]),
      memberships: collected([
        ...birth.memberships,
        membership("intruder", "pgadmin", { admin: true, inherit: false, set: false }),
      ]),
    });

    expect(brief(drifts)).toEqual(["high added role/intruder"]);
    expect(drifts[0]?.message).toBe(
      "Login role intruder was created with CREATEROLE, LOGIN: it can create and change roles, log in.",
    );
    expect(drifts[0]?.effects).toHaveLength(3);
    expect(drifts[0]?.effects.join("\n")).toContain("pgadmin became a member of intruder");
  });

  it("keeps a role that nobody can log in with low, creator or not", () => {
    const drifts = diff(born, {
      roles: collected([...birth.roles, role("team")]),
      memberships: collected([
        ...birth.memberships,
        membership("team", "pgadmin", { admin: true, inherit: false, set: false }),
        membership("team", "pgadmin", { grantor: "pgadmin" }),
      ]),
    });

    expect(brief(drifts)).toEqual(["low added role/team"]);
  });

  it("tells a membership of a new role that is not its creator's as a cause of its own", () => {
    const drifts = diff(born, {
      roles: collected([...birth.roles, role("team")]),
      memberships: collected([...birth.memberships, membership("team", "app_rw")]),
    });

    expect(brief(drifts)).toEqual(["medium added membership/team/app_rw", "low added role/team"]);
  });

  it("reports an edge into azure_pg_admin as critical, with the way of each login role", () => {
    const drifts = diff(born, {
      ...born,
      memberships: collected([...birth.memberships, membership("azure_pg_admin", "app_rw")]),
    });

    expect(drifts).toMatchObject([
      {
        cause: "membership/azure_pg_admin/app_rw",
        change: "added",
        severity: "critical",
        before: null,
        after: { admin: false, inherit: true, set: true, grantors: ["azuresu"] },
        effectCount: 1,
        effects: ["login app_rw can now become azure_pg_admin: app_rw → azure_pg_admin, by inheritance"],
      },
    ]);
    expect(drifts[0]?.message).toBe(
      "Role app_rw became a member of azure_pg_admin, granted by azuresu with INHERIT, SET: 1 login role now reaches azure_pg_admin.",
    );
  });

  it("weighs an edge into an ordinary role by what lies behind it, and shows 20 of its effects", () => {
    const logins = Array.from({ length: 30 }, (_, index) => role(`app${index}`, { canLogIn: true }));
    const members = logins.map(({ name }) => membership("apps", name));
    const roles = collected([...birth.roles, role("team"), role("apps"), ...logins]);
    const memberships = [...birth.memberships, membership("azure_pg_admin", "team"), ...members];

    const drifts = diff(
      { roles, memberships: collected(memberships) },
      { roles, memberships: collected([...memberships, membership("team", "apps", { inherit: false })]) },
    );

    expect(brief(drifts)).toEqual(["critical added membership/team/apps"]);
    expect(drifts[0]?.effectCount).toBe(30);
    expect(drifts[0]?.effects).toHaveLength(20);
    expect(drifts[0]?.effects[0]).toBe(
      "login app0 can now become azure_pg_admin: app0 → apps → team → azure_pg_admin, by SET ROLE",
    );
  });

  it("tells a chain once, with its way", () => {
    const roles = collected([...birth.roles, role("ops")]);
    const memberships = [...birth.memberships, membership("azure_pg_admin", "ops")];

    const [drift, ...rest] = diff(
      { roles, memberships: collected(memberships) },
      { roles, memberships: collected([...memberships, membership("ops", "app_rw", { inherit: false })]) },
    );

    expect(rest).toEqual([]);
    expect(drift).toMatchObject({
      cause: "membership/ops/app_rw",
      severity: "critical",
      direction: "gained",
      gainedCount: 1,
      gainedPrincipals: ["app_rw"],
      effects: ["login app_rw can now become azure_pg_admin: app_rw → ops → azure_pg_admin, by SET ROLE"],
    });
  });

  it("counts the role of an Entra group as a login, for its members are", () => {
    const entra = { objectId: "1", type: "group", admin: false, mfa: false } as const;
    const roles = collected([...birth.roles, role("staff", { entra })]);

    const [drift] = diff(
      { roles, memberships: collected([]) },
      { roles, memberships: collected([membership("azure_pg_admin", "staff")]) },
    );

    expect(drift?.gainedPrincipals).toEqual(["staff"]);
  });

  it("follows a chain of 10,000 roles without growing with its square", () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `r${index}`);
    const roles = collected([role("azure_pg_admin"), ...names.map((name) => role(name, { canLogIn: true }))]);
    const chain = names.slice(1).map((name, index) => membership(`r${index}`, name));

    const [drift] = diff(
      { roles, memberships: collected(chain) },
      { roles, memberships: collected([...chain, membership("azure_pg_admin", "r0")]) },
    );

    expect(drift).toMatchObject({ severity: "critical", effectCount: 10_000, gainedCount: 10_000 });
    expect(drift?.effects).toHaveLength(20);
  });

  it("keeps memberships of roles that are gone, and of every odd name", () => {
    const names = ["PUBLIC", "oid:16401", "12345", "a/b", "a%2Fb", "a,b=c", "__proto__", '"', "line\nbreak"];
    const odd = names.flatMap((name) => [membership("app_rw", name, { grantor: name }), membership(name, "app_rw")]);

    const drifts = diff(born, { ...born, memberships: collected([...birth.memberships, ...odd]) });

    expect(new Set(drifts.map(({ cause }) => cause)).size).toBe(odd.length);
    expect(drifts.find(({ cause }) => cause === "membership/app_rw/a%252Fb")?.after).toMatchObject({
      grantors: ["a%2Fb"],
    });
  });

  it("reports the loss of an edge as information", () => {
    const drifts = diff(born, { ...born, memberships: collected([]) });

    expect(brief(drifts)).toEqual(["info removed membership/azure_pg_admin/pgadmin"]);
    expect(drifts[0]?.effects).toEqual(["login pgadmin can no longer become azure_pg_admin"]);
  });

  it("finds another grantor with the same effect low", () => {
    const drifts = diff(born, {
      ...born,
      memberships: collected([...birth.memberships, membership("azure_pg_admin", "pgadmin", { grantor: "boss" })]),
    });

    expect(brief(drifts)).toEqual(["low changed membership/azure_pg_admin/pgadmin"]);
  });

  it("finds ADMIN OPTION high", () => {
    const before = [membership("app_rw", "pgadmin", { set: false })];
    const after = [membership("app_rw", "pgadmin", { set: false, admin: true })];

    const drifts = diff({ ...born, memberships: collected(before) }, { ...born, memberships: collected(after) });

    expect(brief(drifts)).toEqual(["high changed membership/app_rw/pgadmin"]);
  });

  it("folds what goes with a dropped role", () => {
    const gone = role("demouser", { canLogIn: true });
    const drifts = diff(
      {
        roles: collected([...birth.roles, gone]),
        memberships: collected([
          ...birth.memberships,
          membership("app_rw", "demouser"),
          membership("demouser", "pgadmin", { admin: true }),
        ]),
        passwordTypes: collected([{ role: "demouser", type: "md5" }]),
        roleSettings: collected([{ role: "demouser", database: null, name: "search_path", value: "x" }]),
      },
      { ...born, passwordTypes: collected([]), roleSettings: collected([]) },
    );

    expect(brief(drifts)).toEqual(["info removed role/demouser"]);
    expect(drifts[0]?.effectCount).toBe(4);
  });

  it("counts an Entra administrator once: over ARM, as a role and as a member", () => {
    const objectId = "AAAAAAAA-0000-0000-0000-000000000001";
    const entra = { objectId: objectId.toLowerCase(), type: "user", admin: true, mfa: false } as const;
    const boss = role("boss@example.com", { canLogIn: true, createRole: true, createDb: true, entra });
    const listed = { objectId, principalName: "boss@example.com", principalType: "User", tenantId: null };

    const added = diff(
      { ...born, entraAdministrators: collected([]) },
      {
        entraAdministrators: collected([listed]),
        roles: collected([...birth.roles, boss]),
        memberships: collected([...birth.memberships, membership("azure_pg_admin", boss.name)]),
      },
    );

    expect(brief(added)).toEqual([`critical added entraAdministrator/${objectId.toLowerCase()}`]);
  });

  it("finds another Entra object behind a role name critical", () => {
    const entra = { objectId: "1", type: "user", admin: false, mfa: false } as const;
    const drifts = diff(
      { roles: collected([role("ann", { canLogIn: true, entra })]) },
      { roles: collected([role("ann", { canLogIn: true, entra: { ...entra, objectId: "2" } })]) },
    );

    expect(brief(drifts)).toEqual(["critical changed role/ann"]);
    expect(drifts[0]?.message).toBe("Role ann changed: it stands for Entra user 2 now, not for user 1.");
  });

  it("folds the defaults that follow a new major version, but nothing that weakens the server", () => {
    const before = [
      parameter("work_mem", "4096", { source: "system-default" }),
      parameter("ssl_min_protocol_version", "TLSv1.2", { source: "system-default" }),
    ];
    const after = [
      parameter("work_mem", "8192", { source: "system-default" }),
      parameter("ssl_min_protocol_version", "TLSv1.1", { source: "system-default" }),
    ];
    const drifts = diff(
      { server: collected([serverFacts({ version: "16" })]), parameters: collected(before) },
      { server: collected([serverFacts({ version: "17" })]), parameters: collected(after) },
    );

    expect(brief(drifts)).toEqual([
      "critical changed parameter/ssl_min_protocol_version",
      "info changed server/version",
    ]);
  });

  it("weighs CREATEROLE as such before 16, where it reaches every role", () => {
    const server = collected([serverFacts({ version: "13" })]);
    const drifts = diff(
      { ...born, server },
      {
        server,
        memberships: collected(birth.memberships),
        roles: collected([...birth.roles, role("x", { canLogIn: true, createRole: true })]),
      },
    );

    expect(brief(drifts)).toEqual(["high added role/x"]);
    expect(drifts[0]?.effects).toContain(
      "login x can now become azure_pg_admin: x → azure_pg_admin, by granting itself a role",
    );
  });

  it("attributes old ways to a role that may log in now", () => {
    const memberships = collected([membership("azure_pg_admin", "team")]);
    const drifts = diff(
      { roles: collected([role("azure_pg_admin"), role("team")]), memberships },
      { roles: collected([role("azure_pg_admin"), role("team", { canLogIn: true })]), memberships },
    );

    expect(brief(drifts)).toEqual(["critical changed role/team"]);
  });
});

describe("a role created again under its name", () => {
  const seen = { context: collected([catalogContext()]) };
  const old = { ...seen, roles: collected([role("app_rw", { oid: 100, canLogIn: true })]) };

  it("is told apart by its OID", () => {
    const drifts = diff(old, { ...seen, roles: collected([role("app_rw", { oid: 200, canLogIn: true })]) });

    expect(brief(drifts)).toEqual(["high recreated role/app_rw"]);
    expect(drifts[0]?.message).toContain("was dropped and created again under the same name");
  });

  it("tells what else is different, and takes its lost memberships with it", () => {
    const drifts = diff(
      { ...old, memberships: collected([membership("team", "app_rw")]) },
      {
        ...seen,
        roles: collected([role("app_rw", { oid: 200, canLogIn: true, superuser: true })]),
        memberships: collected([]),
      },
    );

    expect(brief(drifts)).toEqual(["critical recreated role/app_rw"]);
    expect(drifts[0]?.message).toContain("; it got SUPERUSER");
  });

  it.each<[string, Partial<Sections>]>([
    ["an unknown OID", { ...seen, roles: collected([role("app_rw", { canLogIn: true })]) }],
    [
      "another cluster, as after an upgrade",
      {
        context: collected([catalogContext({ systemIdentifier: "8" })]),
        roles: collected([role("app_rw", { oid: 200, canLogIn: true })]),
      },
    ],
    ["an unreadable context", { roles: collected([role("app_rw", { oid: 200, canLogIn: true })]) }],
  ])("is not guessed from %s", (_name, after) => {
    expect(diff(old, after)).toEqual([]);
  });

  it("is not guessed between two servers", () => {
    const other = snapshotOf(
      posture({ ...seen, roles: collected([role("app_rw", { oid: 200, canLogIn: true })]) }, serverRef({ name: "b" })),
    );

    expect(diffSnapshots(snapshotOf(posture(old)), other, context)).toEqual([]);
  });
});

describe("an upgrade", () => {
  function at(versionNum: number, items: Partial<Sections> & { readonly policy: string; readonly all: string }) {
    const { policy, all, ...given } = items;
    const acls = [
      aclGroup({ grants: [grant("app_rw", all)] }),
      aclGroup({ objects: ["b"], grants: [grant("x", "r")] }),
    ];
    return snapshotOf(
      posture({ context: collected([catalogContext({ versionNum })]), ...given }, serverRef(), [
        database("shop", {
          acls: collected(acls),
          rowPolicies: collected([rowPolicy({ using: policy })]),
          defaultPrivileges: collected([
            {
              owner: "app_owner",
              schema: null,
              kind: "table",
              sign: "+",
              grantee: "app_rw",
              privileges: ["DELETE", "INSERT", "REFERENCES", "SELECT", "TRIGGER", "TRUNCATE", "UPDATE"].concat(
                all.includes("m") ? ["MAINTAIN"] : [],
              ),
            },
          ]),
        }),
      ]),
    );
  }
  const old = { policy: "(a = b)", all: "Dadrtwx", roles: collected([role("app_rw")]) };
  const now = { policy: "((a)::text = b)", all: "Dadmrtwx", roles: collected([role("app_rw"), role("pg_maintain")]) };

  it("to 17 alone is no drift: MAINTAIN comes with everything, expressions are written anew, pg_* roles are new", () => {
    expect(diffSnapshots(at(160_010, old), at(170_004, now), context)).toEqual([]);
    expect(diffSnapshots(at(170_004, now), at(160_010, old), context)).toEqual([]);
  });

  it("hides nothing within one version", () => {
    const drifts = diffSnapshots(at(170_003, { ...now, ...old, roles: now.roles }), at(170_004, now), context);

    expect(brief(drifts)).toEqual([
      "high changed rowPolicy/shop/app/accounts/by_tenant",
      "medium changed defaultPrivilege/shop/app_owner/*/table/+/app_rw",
      "medium changed grant/shop/table/app/app_rw/Dadrtwx/Dadmrtwx",
    ]);
  });

  it("hides no grant that comes with it", () => {
    const drifts = diffSnapshots(at(160_010, old), at(170_004, { ...now, all: "r" }), context);

    expect(drifts.map(({ cause }) => cause)).toEqual(["grant/shop/table/app/app_rw/Dadrtwx/r"]);
  });
});

describe("firewall rules", () => {
  const office = { name: "office", first: "203.0.113.0", last: "203.0.113.15" };

  it.each([
    ["critical", { name: "all", first: "0.0.0.0", last: "255.255.255.255" }],
    ["high", { name: "azure", first: "0.0.0.0", last: "0.0.0.0" }],
    ["high", { name: "site", first: "198.51.100.0", last: "198.51.101.0" }],
    ["medium", { name: "home", first: "198.51.100.7", last: "198.51.100.7" }],
    ["low", { name: "again", first: "203.0.113.1", last: "203.0.113.2" }],
    ["low", { name: "backwards", first: "203.0.113.9", last: "203.0.113.2" }],
  ])("is %s for the new rule %j", (severity, rule) => {
    const drifts = diff({ firewallRules: collected([office]) }, { firewallRules: collected([office, rule]) });

    expect(brief(drifts)).toEqual([`${severity} added firewallRule/${rule.name}`]);
  });

  it("counts what a wider rule newly lets in, and calls a removal information", () => {
    const wider = { ...office, last: "203.0.113.31" };

    const widened = diff({ firewallRules: collected([office]) }, { firewallRules: collected([wider]) });
    const removed = diff({ firewallRules: collected([office]) }, { firewallRules: collected([]) });

    expect(widened[0]).toMatchObject({ severity: "medium", effects: ["203.0.113.16-203.0.113.31 may connect"] });
    expect(brief(removed)).toEqual(["info removed firewallRule/office"]);
  });

  it("keeps names with quotes, slashes, spaces and 63 bytes apart", () => {
    const names = ['a"b', "a/b", "a%2Fb", "a b", "ü".repeat(31), "x".repeat(63)];
    const rules = names.map((name) => ({ ...office, name }));

    const drifts = diff({ firewallRules: collected([]) }, { firewallRules: collected(rules) });

    expect(new Set(drifts.map(({ cause }) => cause)).size).toBe(names.length);
    expect(new Set(drifts.map(({ driftId }) => driftId)).size).toBe(names.length);
  });
});

describe("missing evidence", () => {
  it.each([
    ["before", { before: unavailable("denied", "no right"), after: collected([role("x", { canLogIn: true })]) }],
    ["after", { before: collected([role("x", { canLogIn: true })]), after: unavailable("timeout", "too slow") }],
  ])("freezes a part that was unavailable %s", (_name, { before, after }) => {
    expect(diff({ roles: before }, { roles: after })).toEqual([]);
  });

  it("still reports an edge when the roles could not be read", () => {
    const drifts = diff(
      { memberships: collected([]) },
      { memberships: collected([membership("azure_pg_admin", "app_rw")]) },
    );

    expect(brief(drifts)).toEqual(["critical added membership/azure_pg_admin/app_rw"]);
  });
});

describe("other parts", () => {
  it.each<[string, Partial<Sections>, Partial<Sections>]>([
    [
      "high changed server/publicNetworkAccess",
      { server: collected([serverFacts({ publicNetworkAccess: "Disabled" })]) },
      { server: collected([serverFacts()]) },
    ],
    [
      "high changed server/passwordAuthentication",
      { server: collected([serverFacts({ passwordAuthentication: "Disabled" })]) },
      { server: collected([serverFacts()]) },
    ],
    [
      "medium changed server/backupRetentionDays",
      { server: collected([serverFacts({ backupRetentionDays: 35 })]) },
      { server: collected([serverFacts()]) },
    ],
    [
      "high changed role/ann",
      { roles: collected([role("ann", { validUntil: "2027-01-01T00:00:00Z" })]) },
      { roles: collected([role("ann")]) },
    ],
    [
      "low changed role/ann",
      { roles: collected([role("ann")]) },
      { roles: collected([role("ann", { comment: "x" })]) },
    ],
    [
      "high added roleSetting/app_rw/*/row_security",
      { roleSettings: collected([]) },
      { roleSettings: collected([{ role: "app_rw", database: null, name: "row_security", value: "off" }]) },
    ],
    [
      "medium changed passwordType/ann",
      { passwordTypes: collected([{ role: "ann", type: "scram-sha-256" }]) },
      { passwordTypes: collected([{ role: "ann", type: "md5" }]) },
    ],
    [
      "medium changed threatProtection/Default",
      { threatProtection: collected([{ name: "Default", state: "Enabled" }]) },
      { threatProtection: collected([{ name: "Default", state: "Disabled" }]) },
    ],
    [
      "medium removed diagnosticSetting/logs",
      {
        diagnosticSettings: collected([
          { name: "logs", workspaceId: "w", storageAccountId: null, eventHubName: null, categories: [] },
        ]),
      },
      { diagnosticSettings: collected([]) },
    ],
    [
      "medium added privateEndpointConnection/pe",
      { privateEndpointConnections: collected([]) },
      {
        privateEndpointConnections: collected([
          { name: "pe", privateEndpointId: null, status: "Approved", groupIds: ["postgresqlServer"] },
        ]),
      },
    ],
    [
      "info changed parameter/work_mem",
      { parameters: collected([parameter("work_mem", "4")]) },
      {
        parameters: collected([parameter("work_mem", "4", { pendingRestart: true })]),
      },
    ],
    [
      "high changed parameter/password_encryption",
      { parameters: collected([parameter("password_encryption", "scram-sha-256")]) },
      {
        parameters: collected([parameter("password_encryption", "md5")]),
      },
    ],
  ])("%s", (expected, before, after) => {
    expect(brief(diff(before, after))).toEqual([expected]);
  });
});
