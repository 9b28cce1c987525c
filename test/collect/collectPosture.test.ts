import { describe, expect, it } from "@jest/globals";
import { CollectError } from "../../shared/collect/collectError.ts";
import { collectPosture, type PosturePorts, type PostureRequest } from "../../shared/collect/collectPosture.ts";
import type { LogQuery, LogReader } from "../../shared/collect/collector.ts";
import type { Posture } from "../../shared/model/posture.ts";
import type { SectionName } from "../../shared/model/section.ts";
import { managedCredential, serverRef, subscriptionId, takenAt } from "../builders.ts";
import { memoryArm, memoryResourceGraph, type MemoryArm } from "../fakes/memoryArm.ts";
import { closedCatalog, memoryProber } from "../fakes/memoryServer.ts";
import { exampleBody } from "./officialExamples.ts";

const server = serverRef();
const network = `/subscriptions/${subscriptionId}/resourcegroups/net/providers/microsoft.network`;
const subnetId = `${network}/virtualnetworks/hub/subnets/db`;
const groupId = `${network}/networksecuritygroups/db`;
const zoneId = `${network}/privatednszones/shop.private.postgres.database.azure.com`;

interface ServerBody {
  readonly properties: Readonly<Record<string, unknown>>;
}

const publicServer = exampleBody("ServersGet") as unknown as ServerBody; // every official server has properties

function serverWith(properties: Readonly<Record<string, unknown>>): object {
  return { ...publicServer, properties: { ...publicServer.properties, ...properties } };
}

const vnetServer = serverWith({
  network: { delegatedSubnetResourceId: subnetId, privateDnsZoneArmResourceId: zoneId },
});

function configuration(name: string, value: string) {
  return { name, properties: { value, dataType: "Boolean" } };
}

/** ARM with one server and all that is below it. */
function armWith(body: unknown, override: Readonly<Record<string, unknown>> = {}): MemoryArm {
  return memoryArm({
    [server.id]: body,
    [`${server.id}/firewallRules`]: { value: [] },
    [`${server.id}/privateEndpointConnections`]: { value: [] },
    [`${server.id}/configurations`]: { value: [configuration("ssl", "on")] },
    [`${server.id}/administrators`]: { value: [] },
    [`${server.id}/advancedThreatProtectionSettings`]: { value: [] },
    [`${server.id}/providers/Microsoft.Insights/diagnosticSettings`]: { value: [] },
    [`${server.id}/backups`]: { value: [] },
    [`${server.id}/replicas`]: { value: [] },
    [subnetId]: { id: subnetId, properties: { addressPrefix: "10.1.0.0/24", networkSecurityGroup: { id: groupId } } },
    [groupId]: { properties: { securityRules: [] } },
    ...override,
  });
}

const link = {
  id: `${zoneId}/virtualnetworklinks/hub`,
  networkId: `${network}/virtualnetworks/hub`,
  state: "Completed",
};

function ports(arm: MemoryArm, override: Partial<PosturePorts> = {}): PosturePorts {
  return {
    arm,
    resourceGraph: memoryResourceGraph({ virtualnetworklinks: { rows: [link], truncated: false } }),
    logs: { query: () => Promise.reject(new Error("There is no workspace to ask.")) },
    catalog: closedCatalog,
    prober: memoryProber(),
    credentials: { read: () => Promise.resolve({ credentials: [], logins: [] }) },
    ...override,
  };
}

function collect(
  given: PosturePorts,
  signal = new AbortController().signal,
  canaries: PostureRequest["canaries"] = [],
) {
  const postgres = { role: "scanner", database: "postgres" };
  return collectPosture(
    { server, takenAt, postgres, excludedDatabases: [], sensitiveColumns: [], loginDays: 90, canaries },
    given,
    signal,
  );
}

/** `state` or the reason of every section. */
function shapeOf({ sections }: Posture): Readonly<Partial<Record<SectionName, string>>> {
  return Object.fromEntries(
    Object.entries(sections).map(([name, section]) => [
      name,
      section.state === "collected" ? "collected" : section.reason,
    ]),
  );
}

const entraOn = { authConfig: { activeDirectoryAuth: "Enabled", passwordAuth: "Enabled" } };

function catalogOf(reason: string) {
  return {
    context: reason,
    settings: reason,
    roles: reason,
    passwordTypes: reason,
    memberships: reason,
    roleSettings: reason,
    sessions: reason,
    databases: reason,
    sharedAcls: reason,
    subscriptions: reason,
    replicationSlots: reason,
  };
}

function probesOf(reason: string) {
  return {
    plaintextProbes: reason,
    legacyTlsProbes: reason,
    tlsProbes: reason,
    dnsProbes: reason,
    reachabilityProbes: reason,
  };
}

function rotationOf(reason: string) {
  return { credentials: reason, credentialLogins: reason, vaults: reason };
}

function armOf(reason: string) {
  return {
    firewallRules: reason,
    parameters: reason,
    entraAdministrators: reason,
    privateEndpointConnections: reason,
    threatProtection: reason,
    diagnosticSettings: reason,
    backups: reason,
    replicas: reason,
    delegatedNetwork: reason,
    privateDnsZone: reason,
  };
}

describe("collectPosture", () => {
  it("reads a server of the public model with nine reads", async () => {
    const arm = armWith(serverWith(entraOn));

    const { posture, armReads } = await collect(ports(arm));

    expect(posture).toMatchObject({ server, takenAt });
    expect(shapeOf(posture)).toEqual({
      server: "collected",
      ...armOf("collected"),
      delegatedNetwork: "absent",
      privateDnsZone: "absent",
      loginHistory: "absent",
      ...rotationOf("collected"),
      canaries: "absent",
      ...catalogOf("unreachable"),
      ...probesOf("collected"),
    });
    expect(armReads).toBe(9);
    expect(arm.log[0]).toBe(server.id);
  });

  it("reads each vault of a server's credentials with two more, wherever it is", async () => {
    const uri = "https://shop.vault.azure.net";
    const vaultId =
      "/subscriptions/22222222-2222-3333-4444-555555555555/resourcegroups/kv/providers/microsoft.keyvault/vaults/shop";
    const known = managedCredential({
      published: { vault: uri, name: "app" },
      pending: { vault: uri, name: "app--next" },
    });
    const arm = armWith(serverWith(entraOn), {
      [vaultId]: { id: vaultId, properties: { enableRbacAuthorization: true } },
      [`${vaultId}/providers/Microsoft.Insights/diagnosticSettings`]: { value: [] },
    });
    const row = { id: vaultId, uri: "https://Shop.vault.azure.net/" };

    const { posture, armReads } = await collect(
      ports(arm, {
        resourceGraph: memoryResourceGraph({ "microsoft.keyvault/vaults": { rows: [row], truncated: false } }),
        credentials: { read: () => Promise.resolve({ credentials: [known], logins: [] }) },
      }),
    );

    expect(posture.sections.credentials).toEqual({ state: "collected", items: [known] });
    expect(posture.sections.vaults).toMatchObject({ state: "collected", items: [{ uri, id: vaultId }] });
    expect(armReads).toBe(11);
  });

  it("reads a VNet-integrated server with nine reads: subnet and group instead of firewall and endpoints", async () => {
    const { posture, armReads } = await collect(ports(armWith({ ...vnetServer, ...{ tags: {} } })));

    expect(shapeOf(posture)).toMatchObject({
      firewallRules: "absent",
      privateEndpointConnections: "absent",
      delegatedNetwork: "collected",
      privateDnsZone: "collected",
    });
    expect(armReads).toBe(8); // Entra is off in the official example
    expect(posture.sections.privateDnsZone).toEqual({
      state: "collected",
      items: [{ zoneId, linkedNetworkIds: [`${network}/virtualnetworks/hub`] }],
    });
  });

  it("does not ask a replica for replicas, nor a server without Entra for its administrators", async () => {
    const { posture, armReads } = await collect(ports(armWith(serverWith({ replicationRole: "AsyncReplica" }))));

    expect(posture.sections.replicas).toEqual({
      state: "unavailable",
      reason: "absent",
      detail: "Server exampleserver is itself a read replica and has none of its own.",
    });
    expect(posture.sections.entraAdministrators).toMatchObject({ reason: "absent" });
    expect(armReads).toBe(7);
  });

  it("loses one section to one refusal of ARM", async () => {
    const arm = armWith(serverWith(entraOn), {
      [`${server.id}/firewallRules`]: new CollectError("denied", "GET was refused (403)."),
    });

    const { posture } = await collect(ports(arm));

    expect(shapeOf(posture)).toMatchObject({
      ...armOf("collected"),
      firewallRules: "denied",
      delegatedNetwork: "absent",
      privateDnsZone: "absent",
    });
  });

  it("asks the workspace that the log goes to, which costs no read of ARM", async () => {
    const workspaceId = `/subscriptions/${subscriptionId}/resourcegroups/watch/providers/x/workspaces/security`;
    const properties = { workspaceId, logs: [{ category: "PostgreSQLLogs", enabled: true }] };
    const path = `${server.id}/providers/Microsoft.Insights/diagnosticSettings`;
    const arm = armWith(serverWith(entraOn), { [path]: { value: [{ name: "to-workspace", properties }] } });
    const at = "2026-11-21T08:00:00.000Z";
    const asked: LogQuery[] = [];
    const logs: LogReader = {
      query(query) {
        asked.push(query);
        return Promise.resolve([{ Kind: "role", Name: "app_rw", At: at }]);
      },
    };

    const { posture, armReads } = await collect(ports(arm, { logs }));

    expect(armReads).toBe(9);
    expect(asked.map((query) => query.workspaceId)).toEqual([workspaceId]);
    expect(posture.sections.loginHistory).toMatchObject({ items: [{ lastLogins: [{ role: "app_rw", at }] }] });
  });

  it("looks for no canary on a server that let nobody in, and says why", async () => {
    const canary = {
      name: "c",
      database: "shop",
      table: "app.t",
      role: "app_rw",
      where: {},
      settings: {},
      witness: null,
    };

    const { posture } = await collect(ports(armWith(publicServer)), undefined, [canary]);

    expect(posture.sections.canaries).toEqual(posture.sections.context);
  });

  it("probes 6432 too where PgBouncer is on", async () => {
    const on = { [`${server.id}/configurations`]: { value: [configuration("pgbouncer.enabled", "true")] } };
    const prober = memoryProber();

    const { posture } = await collect(ports(armWith(publicServer, on), { prober }));

    expect([...prober.ports].sort()).toEqual([5432, 6432]);
    expect(posture.sections.legacyTlsProbes).toMatchObject({
      items: [
        { port: 5432, protocol: "TLSv1" },
        { port: 5432, protocol: "TLSv1.1" },
        { port: 6432, protocol: "TLSv1" },
        { port: 6432, protocol: "TLSv1.1" },
      ],
    });
  });

  it("probes 5432 although the parameters could not be read", async () => {
    const denied = { [`${server.id}/configurations`]: new CollectError("denied", "GET was refused (403).") };
    const prober = memoryProber();

    await collect(ports(armWith(publicServer, denied), { prober }));

    expect([...prober.ports]).toEqual([5432]);
  });

  it("takes one port that does not answer for a gap of that probe, and keeps what says so", async () => {
    const on = { [`${server.id}/configurations`]: { value: [configuration("pgbouncer.enabled", "true")] } };
    const prober = memoryProber();
    const half = {
      ...prober,
      tls: (target: { host: string; port: number }, signal: AbortSignal) =>
        target.port === 6432
          ? Promise.reject(new CollectError("unreachable", `${target.host}:6432 refused the connection.`))
          : prober.tls(target, signal),
    };

    const { posture } = await collect(ports(armWith(publicServer, on), { prober: half }));

    expect(shapeOf(posture)).toMatchObject({ ...probesOf("collected"), tlsProbes: "unreachable" });
  });

  it("keeps a server that is gone in the report, and tries nothing else", async () => {
    const arm = memoryArm({});

    const { posture, armReads } = await collect(ports(arm));

    expect(shapeOf(posture)).toEqual({
      server: "absent",
      ...armOf("absent"),
      loginHistory: "absent",
      ...rotationOf("absent"),
      canaries: "unreachable",
      ...catalogOf("unreachable"),
      ...probesOf("unreachable"),
    });
    expect(posture.sections.roles).toMatchObject({ detail: "Server orders does not exist any more." });
    expect(armReads).toBe(1);
  });

  it("keeps what it read of a server that is deleted meanwhile", async () => {
    const arm = armWith(publicServer, {
      [`${server.id}/backups`]: new CollectError("absent", "GET found nothing (404)."),
    });

    const { posture } = await collect(ports(arm));

    expect(shapeOf(posture)).toMatchObject({ server: "collected", firewallRules: "collected", backups: "absent" });
  });

  it("reads what does not depend on the server's facts when those are refused", async () => {
    const arm = armWith(new CollectError("denied", "GET was refused (403)."));

    const { posture, armReads } = await collect(ports(arm));

    expect(shapeOf(posture)).toEqual({
      server: "denied",
      ...armOf("collected"),
      delegatedNetwork: "unreachable",
      privateDnsZone: "unreachable",
      loginHistory: "absent",
      ...rotationOf("collected"),
      canaries: "absent",
      ...catalogOf("unreachable"),
      ...probesOf("unreachable"),
    });
    expect(armReads).toBe(9);
  });

  it("does not knock at a server that is stopped or has no name", async () => {
    const stopped = await collect(ports(armWith(serverWith({ state: "Stopped" }))));
    const nameless = await collect(ports(armWith(serverWith({ fullyQualifiedDomainName: null }))));

    expect(stopped.posture.sections.tlsProbes).toMatchObject({ detail: "Server exampleserver is stopped." });
    expect(stopped.posture.sections.roles).toMatchObject({ reason: "unreachable" });
    expect(nameless.posture.sections.roles).toMatchObject({ detail: "ARM names no host for server exampleserver." });
  });

  it("gives up at the deadline what is not there by then, and keeps the rest", async () => {
    const run = new AbortController();
    const prober = memoryProber();
    const slow: PosturePorts = ports(armWith(publicServer), {
      catalog: { open: () => new Promise(() => undefined) },
      prober: {
        ...prober,
        tls: () =>
          new Promise(() => {
            setTimeout(() => {
              run.abort();
            }, 20);
          }),
      },
    });

    const { posture } = await collect(slow, run.signal);

    expect(shapeOf(posture)).toMatchObject({
      server: "collected",
      parameters: "collected",
      plaintextProbes: "collected",
      tlsProbes: "deadline",
      ...catalogOf("deadline"),
    });
  });

  it("starts nothing when the run is over", async () => {
    const arm = armWith(publicServer);

    const { posture } = await collect(ports(arm), AbortSignal.abort());

    expect(new Set(Object.values(shapeOf(posture)))).toEqual(new Set(["deadline"]));
    expect(arm.log).toEqual([]);
  });

  it("rethrows a bug after everything has come to rest", async () => {
    const arm = armWith(publicServer, { [`${server.id}/backups`]: new TypeError("a bug") });

    await expect(collect(ports(arm))).rejects.toThrow("a bug");
  });
});
