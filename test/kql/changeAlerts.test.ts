import { collected } from "../../shared/collect/section.ts";
import type { Finding } from "../../shared/model/finding.ts";
import type { Sections } from "../../shared/model/section.ts";
import { catalogContext, membership, parameter, role, serverFacts, serverRef } from "../builders.ts";
import { finding } from "../publish/publishBuilders.ts";
import { scanned } from "./scans.ts";
import { testAlert } from "./testAlert.ts";

// Rules about what scans find, over rows of two or three scans.

const before = "2026-11-22T05:40:00.000Z";
const last = "2026-11-22T11:40:00.000Z";
const { id: TargetResourceId, name: ServerName } = serverRef();

const critical: Finding = finding({ controlId: "priv-admin-members", severity: "critical", subject: "role/app_rw" });

const office: Range = { name: "office", first: "203.0.113.0", last: "203.0.113.255" };

testAlert("criticalFinding", {
  fires: [
    {
      name: "a control that passed before",
      rows: scanned([
        { at: before, findings: [{ ...critical, outcome: "pass" }] },
        { at: last, findings: [critical] },
      ]),
      tells: [{ TargetResourceId, ServerName, RuleId: "priv-admin-members", ObjectType: "role", ObjectName: "app_rw" }],
    },
    { name: "the first scan of all", rows: scanned([{ at: last, findings: [critical] }]), tells: [{ ServerName }] },
    {
      name: "a waiver that has ended",
      rows: scanned([
        { at: before, findings: [{ ...critical, outcome: "waived" }] },
        { at: last, findings: [critical] },
      ]),
      tells: [{ ServerName }],
    },
    {
      name: "rows that waited in the spool since yesterday",
      rows: scanned([{ at: "2026-11-21T00:00:00.000Z", findings: [critical], ingestedAt: last }]),
      tells: [{ ServerName }],
    },
    {
      name: "the same control on two servers",
      rows: scanned([
        { at: last, findings: [critical] },
        {
          at: last,
          server: serverRef({ name: "billing" }),
          findings: [{ ...critical, fingerprint: "b".repeat(64) }],
        },
      ]),
      tells: [{ ServerName }, { ServerName: "billing" }],
    },
  ],
  silent: [
    {
      name: "a fail that was told before",
      rows: scanned([
        { at: before, findings: [critical] },
        { at: last, findings: [critical] },
      ]),
    },
    { name: "a high one", rows: scanned([{ at: last, findings: [{ ...critical, severity: "high" }] }]) },
    { name: "a waived one", rows: scanned([{ at: last, findings: [{ ...critical, outcome: "waived" }] }]) },
    { name: "one without evidence", rows: scanned([{ at: last, findings: [{ ...critical, outcome: "unknown" }] }]) },
    {
      name: "one that passes now",
      rows: scanned([
        { at: before, findings: [critical] },
        { at: last, findings: [{ ...critical, outcome: "pass" }] },
      ]),
    },
    { name: "no rows", rows: {} },
  ],
});

function roles(...memberships: readonly ReturnType<typeof membership>[]): Partial<Sections> {
  return {
    roles: collected([
      role("azure_pg_admin", { createRole: true }),
      role("ops"),
      role("app_rw", { canLogIn: true }),
      role("app_owner"),
      role("boss", { canLogIn: true }),
    ]),
    memberships: collected([membership("azure_pg_admin", "boss"), ...memberships]),
    context: collected([catalogContext()]),
  };
}

const twoSteps = roles(membership("azure_pg_admin", "ops"), membership("ops", "app_rw", { inherit: false }));

testAlert("drift", {
  fires: [
    {
      name: "a membership that leads to azure_pg_admin",
      rows: scanned([
        { at: before, sections: roles(membership("azure_pg_admin", "ops")) },
        { at: last, sections: twoSteps },
      ]),
      tells: [{ TargetResourceId, Cause: "membership/ops/app_rw", Severity: "critical", GainedCount: 1 }],
    },
    {
      name: "the same change against baseline and previous snapshot, once",
      rows: scanned(
        [
          { at: before, sections: roles() },
          { at: last, sections: roles(membership("azure_pg_admin", "app_rw")) },
        ],
        roles(),
      ),
      tells: [{ Cause: "membership/azure_pg_admin/app_rw" }],
    },
    {
      name: "a difference from a baseline that is compared for the first time",
      rows: scanned([{ at: last, sections: roles(membership("azure_pg_admin", "app_rw")) }], roles()),
      tells: [{ Cause: "membership/azure_pg_admin/app_rw" }],
    },
    {
      name: "a change that is made, undone and made again",
      rows: scanned([
        { at: "2026-11-21T18:00:00.000Z", sections: roles() },
        { at: "2026-11-22T00:00:00.000Z", sections: roles(membership("azure_pg_admin", "app_rw")) },
        { at: before, sections: roles() },
        { at: last, sections: roles(membership("azure_pg_admin", "app_rw")) },
      ]),
      tells: [{ Cause: "membership/azure_pg_admin/app_rw" }],
    },
  ],
  silent: [
    {
      name: "a difference from the baseline that every scan tells again",
      rows: scanned(
        [
          { at: before, sections: roles(membership("azure_pg_admin", "app_rw")) },
          { at: last, sections: roles(membership("azure_pg_admin", "app_rw")) },
        ],
        roles(),
      ),
    },
    {
      name: "a membership that was taken away",
      rows: scanned([
        { at: before, sections: roles(membership("azure_pg_admin", "app_rw")) },
        { at: last, sections: roles() },
      ]),
    },
    {
      name: "a membership that leads nowhere",
      rows: scanned([
        { at: before, sections: roles() },
        { at: last, sections: roles(membership("app_owner", "ops")) },
      ]),
    },
    {
      name: "a firewall rule, which has its own rule",
      rows: scanned([
        { at: before, sections: firewall() },
        { at: last, sections: firewall({ name: "all", first: "0.0.0.0", last: "255.255.255.255" }) },
      ]),
    },
    {
      name: "a change of six hours ago",
      rows: scanned([
        { at: "2026-11-21T18:00:00.000Z", sections: roles() },
        { at: before, sections: twoSteps },
        { at: last, sections: twoSteps },
      ]),
    },
  ],
});

testAlert("administratorReach", {
  fires: [
    {
      name: "a role that reaches it over two memberships, by SET ROLE",
      rows: scanned([
        { at: before, sections: roles(membership("azure_pg_admin", "ops")) },
        { at: last, sections: twoSteps },
      ]),
      tells: [
        { TargetResourceId, RoleName: "app_rw", AdministratorReach: "set", AdministratorPath: expectPath("app_rw") },
      ],
    },
    {
      name: "a login that did not exist before",
      rows: scanned([
        { at: before, sections: roles() },
        {
          at: last,
          sections: {
            roles: collected([
              role("azure_pg_admin", { createRole: true }),
              role("boss", { canLogIn: true }),
              role("eve", { canLogIn: true }),
            ]),
            memberships: collected([membership("azure_pg_admin", "boss"), membership("azure_pg_admin", "eve")]),
            context: collected([catalogContext()]),
          },
        },
      ]),
      tells: [{ RoleName: "eve", AdministratorReach: "inherit" }],
    },
  ],
  silent: [
    { name: "the first scan of all", rows: scanned([{ at: last, sections: twoSteps }]) },
    {
      name: "one who reached it in every scan",
      rows: scanned([
        { at: before, sections: twoSteps },
        { at: last, sections: twoSteps },
      ]),
    },
    {
      name: "one of whom nobody knew before",
      rows: scanned([
        { at: before, sections: { roles: roles().roles ?? collected([]) } },
        { at: last, sections: twoSteps },
      ]),
    },
    {
      name: "one who does not reach it any more",
      rows: scanned([
        { at: "2026-11-22T00:00:00.000Z", sections: roles() },
        { at: before, sections: twoSteps },
        { at: last, sections: roles() },
      ]),
    },
    {
      name: "a group that nobody can log in as",
      rows: scanned([
        { at: before, sections: roles() },
        { at: last, sections: roles(membership("azure_pg_admin", "ops")) },
      ]),
    },
  ],
});

function expectPath(...names: readonly string[]): string {
  return [...names, "ops", "azure_pg_admin"].join(" → ");
}

interface Range {
  readonly name: string;
  readonly first: string;
  readonly last: string;
}

function firewall(...rules: readonly Range[]): Partial<Sections> {
  return { firewallRules: collected([office, ...rules]) };
}

testAlert("firewallOpened", {
  fires: [
    {
      name: "a rule for everybody",
      rows: scanned([
        { at: before, sections: firewall() },
        { at: last, sections: firewall({ name: "all", first: "0.0.0.0", last: "255.255.255.255" }) },
      ]),
      tells: [{ TargetResourceId, Cause: "firewallRule/all", ObjectName: "all", Severity: "critical" }],
    },
    {
      name: "a single address",
      rows: scanned([
        { at: before, sections: firewall() },
        { at: last, sections: firewall({ name: "home", first: "198.51.100.7", last: "198.51.100.7" }) },
      ]),
      tells: [{ ObjectName: "home", Severity: "medium" }],
    },
    {
      name: "the public endpoint",
      rows: scanned([
        { at: before, sections: { server: collected([serverFacts({ publicNetworkAccess: "Disabled" })]) } },
        { at: last, sections: { server: collected([serverFacts()]) } },
      ]),
      tells: [{ Cause: "server/publicNetworkAccess", Severity: "high" }],
    },
  ],
  silent: [
    {
      name: "another grave change",
      rows: scanned([
        { at: before, sections: { ...firewall(), ...roles() } },
        { at: last, sections: { ...firewall(), ...twoSteps } },
      ]),
    },
    {
      name: "a rule within another one",
      rows: scanned([
        { at: before, sections: firewall() },
        { at: last, sections: firewall({ name: "desk", first: "203.0.113.9", last: "203.0.113.9" }) },
      ]),
    },
    {
      name: "a rule that was removed",
      rows: scanned([
        { at: before, sections: firewall({ name: "home", first: "198.51.100.7", last: "198.51.100.7" }) },
        { at: last, sections: firewall() },
      ]),
    },
    {
      name: "the public endpoint that was closed",
      rows: scanned([
        { at: before, sections: { server: collected([serverFacts()]) } },
        { at: last, sections: { server: collected([serverFacts({ publicNetworkAccess: "Disabled" })]) } },
      ]),
    },
  ],
});

function parameters(secure: string, minimum = "TLSv1.2", connections = "on"): Partial<Sections> {
  return {
    parameters: collected([
      parameter("require_secure_transport", secure, { dataType: "Boolean" }),
      parameter("ssl_min_protocol_version", minimum),
      parameter("log_connections", connections, { dataType: "Boolean" }),
    ]),
  };
}

testAlert("tlsWeakened", {
  fires: [
    {
      name: "connections without TLS",
      rows: scanned([
        { at: before, sections: parameters("on") },
        { at: last, sections: parameters("off") },
      ]),
      tells: [{ TargetResourceId, ObjectName: "require_secure_transport", Severity: "critical" }],
    },
    {
      name: "an older protocol",
      rows: scanned([
        { at: before, sections: parameters("on", "TLSv1.3") },
        { at: last, sections: parameters("on", "TLSv1.2") },
      ]),
      tells: [{ Cause: "parameter/ssl_min_protocol_version" }],
    },
  ],
  silent: [
    {
      name: "TLS that is required again",
      rows: scanned([
        { at: before, sections: parameters("off", "TLSv1.2") },
        { at: last, sections: parameters("on", "TLSv1.3") },
      ]),
    },
    {
      name: "another parameter",
      rows: scanned([
        { at: before, sections: parameters("on") },
        { at: last, sections: parameters("on", "TLSv1.2", "off") },
      ]),
    },
  ],
});
