import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import { changeBehindOurBack } from "../../shared/local/behindOurBack.ts";
import type { Finding } from "../../shared/model/finding.ts";
import { tableNames } from "../../shared/publish/tables.ts";
import { verifyAudit } from "../../shared/publish/verifyAudit.ts";
import { approveBaseline } from "../../shared/runs/approveBaseline.ts";
import type { FleetScan } from "../../shared/runs/scanFleet.ts";
import { fleetUnderTest } from "./fleetUnderTest.ts";

const fleet = fleetUnderTest();
const signal = new AbortController().signal;

let first: FleetScan;

function fails({ scans }: FleetScan, server: string): readonly Finding[] {
  const scan = scans.find(({ result }) => result.serverName === server);
  return (scan?.findings ?? []).filter(({ outcome }) => outcome === "fail");
}

// The tests of this file are the story of one fleet, told in order.
function distinctBy(rows: readonly Readonly<Record<string, unknown>>[], columns: readonly string[]): readonly string[] {
  return [...new Set(rows.map((row) => JSON.stringify(columns.map((column) => row[column]))))];
}

describe("a fleet on the local Azure", () => {
  it("is read whole by a login that is no administrator, within nine ARM reads a server", async () => {
    first = await fleet.scan();

    expect(first.broken).toEqual([]);
    expect(first.run).toMatchObject({ status: "succeeded", missing: [], coverageFindings: [], delivery: "delivered" });
    for (const { result } of first.scans) {
      expect({ server: result.serverName, gaps: result.gaps }).toEqual({ server: result.serverName, gaps: [] });
      // The vaults of its credentials are asked for beside the server itself.
      const vaultReads = result.serverName === "orders" ? 2 : 0;
      expect(result.armReads).toBeLessThanOrEqual(9 + vaultReads);
    }
  });

  it.each([
    ["orders", "net-fw-no-azure-services", "firewallRule/"],
    ["orders", "auth-scram-only", "parameter/azure.accepted_password_auth_method"],
    ["orders", "auth-no-md5-verifier", "role/"],
    ["orders", "role-app-uses-admin", "session/"],
    ["orders", "role-guessable-name", "role/demouser"],
    ["ledger", "net-nsg-5432-restricted", "securityRule/"],
  ])("finds on %s what was seeded: %s", (server, control, subject) => {
    const found = fails(first, server).filter(({ controlId }) => controlId === control);

    expect(found.map((finding) => finding.subject.startsWith(subject))).toContain(true);
  });

  it("finds the session of the application that connects as the administrator by its name", () => {
    const [finding] = fails(first, "orders").filter(({ controlId }) => controlId === "role-app-uses-admin");

    expect(finding?.message).toContain("billing-api");
  });

  it("tells from the exported log which login nobody uses, and says where no log is exported", () => {
    function unused(server: string): readonly unknown[] {
      const scan = first.scans.find(({ result }) => result.serverName === server);
      const findings = (scan?.findings ?? []).filter(({ controlId }) => controlId === "role-unused");
      return findings.map(({ subject, outcome }) => `${subject} ${outcome}`).sort();
    }

    expect(unused("ledger")).toEqual(["role/ledger_app pass", "role/pgadmin fail", "role/pgwarden-scanner pass"]);
    expect(unused("crm")).toContain("role/pgadmin pass");
    expect(unused("crm").filter((one) => !String(one).endsWith(" pass"))).toEqual([]);
    expect(unused("orders")).toEqual(["server unknown"]);
  });

  it("judges TLS from the wire: plain text and old protocols refused, the chain trusted", () => {
    for (const { findings } of first.scans) {
      const probes = findings.filter(({ controlId }) => controlId.startsWith("tls-probe-"));
      expect(probes.map(({ outcome }) => outcome)).not.toContain("unknown");
      expect(probes.filter(({ outcome }) => outcome === "fail")).toEqual([]);
      expect(new Set(probes.map(({ controlId }) => controlId)).size).toBe(4);
    }
  });

  it("sees nothing new when nothing changed: the same bytes, no drift", async () => {
    const second = await fleet.scan();
    const { ports } = await fleet.wiring();

    expect(second.scans.flatMap(({ drifts }) => drifts)).toEqual([]);
    expect(second.scans.map(({ result }) => result.digest)).toEqual(first.scans.map(({ result }) => result.digest));
    const snapshots = (await ports.store.list("snapshots/", signal)).filter((name) => name.endsWith(".json.gz"));
    expect(snapshots).toHaveLength(first.scans.length);
    const blob = await ports.store.read(snapshots[0] ?? "", signal);
    expect(JSON.parse(gunzipSync(blob?.bytes ?? new Uint8Array()).toString())).toMatchObject({
      schema: "pgwarden.snapshot/2",
    });
  });

  it("reports exactly the changes behind its back, each once with its cause", async () => {
    const { ports } = await fleet.wiring();
    for (const { result } of first.scans) {
      const { serverId, digest } = result;
      const approval = { serverId, digest, approvedBy: "test", reason: "as seeded", expires: null };
      expect(await approveBaseline(approval, ports, signal)).toMatchObject({ outcome: "approved" });
    }
    await changeBehindOurBack(fleet.local(), signal);

    const { scans } = await fleet.scan();

    const drifts = scans.flatMap((scan) =>
      scan.drifts.map(({ comparison, change, cause, severity }) => [
        scan.result.serverName,
        comparison,
        change,
        cause.split("/").slice(0, 3).join("/"),
        severity,
      ]),
    );
    const changes = [
      ["crm", "added", "role/contractor", "high"],
      ["ledger", "changed", "parameter/require_secure_transport", "critical"],
      ["orders", "added", "firewallRule/temp-migration", "critical"],
      ["orders", "added", "grant/shop/table", "high"],
      ["orders", "added", "membership/azure_pg_admin/ops", "critical"],
      ["orders", "changed", "role/demouser", "critical"],
    ];
    const expected = changes.flatMap(([server, ...change]) => [
      [server, "baseline", ...change],
      [server, "previous", ...change],
    ]);
    expect(drifts.map(String).sort()).toEqual(expected.map(String).sort());
  });

  it("says by which path a login can now become administrator, and who may read what everybody may", async () => {
    const { scans } = await fleet.scan(["orders"]);

    const drifts = scans.flatMap((scan) => scan.drifts);
    const chain = drifts.find(({ cause }) => cause === "membership/azure_pg_admin/ops");
    expect(chain?.effects).toEqual([
      "login app_rw can now become azure_pg_admin: app_rw → ops → azure_pg_admin, by SET ROLE",
    ]);
    const open = drifts.find(({ cause }) => cause.startsWith("grant/shop/table/"));
    expect(open?.message).toContain("PUBLIC got SELECT on table public.accounts in database shop");
  });

  it("fails the controls that the changes touch, and the plain-text probe on the wire", async () => {
    const { scans } = await fleet.scan();
    const now = { ...first, scans };

    expect(fails(now, "ledger").map(({ controlId }) => controlId)).toEqual(
      expect.arrayContaining(["tls-require-secure-transport", "tls-probe-plaintext-refused"]),
    );
    expect(fails(now, "orders").map(({ controlId }) => controlId)).toEqual(
      expect.arrayContaining([
        "net-fw-no-any-ip",
        "role-azure-pg-admin-members",
        "priv-public-relations",
        "role-bypassrls",
      ]),
    );
    expect(fails(now, "crm").map(({ controlId }) => controlId)).toContain("role-createrole");
  });

  it("delivers rows that Azure takes as they are, each under one RowId a run", () => {
    const { state } = fleet.local();

    expect(state.rule.unknownColumns).toEqual([]);
    // Rotations have rows of their own; a scan writes none of those.
    for (const table of tableNames.filter((name) => name !== "PgWardenRotation_CL")) {
      const rows = fleet.rows(table);
      // The audit lines of the run before are delivered once more: that run may have died before it could.
      const told = table === "PgWardenAudit_CL" ? distinctBy(rows, ["Stream", "Seq", "LineHash"]) : rows;
      expect({ table, rows: rows.length > 0 }).toEqual({ table, rows: true });
      expect({ table, distinct: distinctBy(rows, ["RowId"]).length }).toEqual({ table, distinct: told.length });
    }
  });

  it("leaves an audit chain that verifies", async () => {
    const { ports } = await fleet.wiring();

    const { lines, problems } = await verifyAudit(ports.audit, signal);

    expect(problems).toEqual([]);
    expect(lines).toBeGreaterThan(10);
  });

  it("keeps every secret out of rows, state, audit log and reports", async () => {
    const { ports, environment } = await fleet.wiring();
    const local = fleet.local();
    const secrets = [
      local.environment["IDENTITY_HEADER"] ?? "",
      ...local.servers.map(({ administrator }) => administrator.password.reveal()),
    ];
    const names = await ports.store.list("", signal);
    const blobs = await Promise.all(names.map((name) => ports.store.read(name, signal)));
    const lines = await Promise.all((await ports.audit.list("", signal)).map((name) => ports.audit.read(name, signal)));
    const texts = [
      ...blobs.map((blob) => Buffer.from(blob?.bytes ?? []).toString("latin1")),
      ...lines.map((bytes) => Buffer.from(bytes ?? []).toString("utf8")),
      JSON.stringify([...local.state.rule.rows.values()]),
      JSON.stringify(environment),
    ];

    expect(texts.length).toBeGreaterThan(10);
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(8);
      expect(texts.filter((text) => text.includes(secret))).toEqual([]);
    }
    // A verifier or a token is a secret too.
    expect(texts.filter((text) => /SCRAM-SHA-256\$\d+:|eyJ[A-Za-z0-9_-]{20,}\./.test(text))).toEqual([]);
  });
});
