import { collectCatalogs, type CollectedCatalogs, noCatalog } from "../collect/collectCatalog.ts";
import { noProbes } from "../collect/collectProbes.ts";
import type { CatalogPort } from "../collect/collector.ts";
import { unavailable } from "../collect/section.ts";
import type { Control } from "../controls/control.ts";
import { snapshotOf } from "../diff/snapshot.ts";
import { digestOf } from "../diff/snapshotDigest.ts";
import { isServerCondition } from "../evaluate/applicability.ts";
import { evaluatePosture } from "../evaluate/evaluatePosture.ts";
import { applyWaivers } from "../evaluate/waivers.ts";
import type { Config } from "../model/config.ts";
import type { Posture } from "../model/posture.ts";
import type { Run } from "../model/run.ts";
import type { ServerRef } from "../model/server.ts";
import { noAzure } from "./noAzure.ts";
import type { FleetScan } from "./scanFleet.ts";
import { gapsOf, summarise } from "./summarise.ts";

export interface PostgresScanRequest {
  readonly runId: string;
  readonly actor: string;
  /** The login, and where its server is. */
  readonly target: {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly role: string;
  };
}

export interface PostgresScanPorts {
  readonly config: Pick<Config, "policy" | "waivers" | "databases">;
  readonly controls: readonly Control[];
  readonly catalog: CatalogPort;
  now(): Date;
}

const notAsked = unavailable("absent", "The server was named by a connection string: nothing is asked of Azure.");
const notTried = unavailable("absent", "Canaries are looked for on servers of Azure only.");

/** Controls that need the catalogs only: of the others nothing could be said without Azure. */
export function catalogControls(controls: readonly Control[]): readonly Control[] {
  const sections: readonly string[] = Object.keys(noCatalog(notAsked));
  return controls.filter(
    ({ meta }) =>
      !(meta.appliesTo ?? []).some(isServerCondition) && meta.requires.every((section) => sections.includes(section)),
  );
}

/** Scans one PostgreSQL server by its catalogs alone: nothing is stored, compared or delivered. */
export async function scanPostgres(
  { runId, actor, target }: PostgresScanRequest,
  ports: PostgresScanPorts,
  signal: AbortSignal,
): Promise<FleetScan> {
  const started = ports.now();
  const takenAt = started.toISOString();
  const server = serverOf(target);
  const { policy, waivers, databases } = ports.config;
  const { sensitiveColumns } = policy.privileges;
  const request = { ...target, excludedDatabases: databases.exclude, sensitiveColumns };
  const posture = postureOf(server, takenAt, await collectCatalogs(request, ports.catalog, signal));

  const judged = evaluatePosture(posture, catalogControls(ports.controls), policy, { firewallRules: {} });
  const findings = applyWaivers(judged, waivers, { server, takenAt });
  const finished = ports.now();
  const summary = summarise({
    runId,
    posture,
    findings,
    drifts: [],
    digest: digestOf(snapshotOf(posture)),
    startedAt: takenAt,
    durationMs: finished.getTime() - started.getTime(),
    armReads: 0,
    delivery: "delivered", // there was nothing to deliver
  });
  // That Azure was not asked is no gap here.
  const gaps = gapsOf(posture).filter(({ section }) => section !== "server");
  const status = summary.status === "failed" ? "failed" : gaps.length > 0 ? "partial" : "succeeded";
  const result = { ...summary, gaps, status } as const;
  const run: Run = {
    runId,
    reason: "cli",
    actor,
    startedAt: takenAt,
    deadline: finished.toISOString(),
    finishedAt: finished.toISOString(),
    status,
    scope: "servers",
    expected: [server],
    missing: [],
    coverageFindings: [],
    delivery: "delivered",
  };
  return { run, scans: [{ result, server, takenAt, findings, drifts: [] }], broken: [] };
}

function serverOf({ host, port }: PostgresScanRequest["target"]): ServerRef {
  const id = `postgresql://${host.toLowerCase()}:${port}`;
  return { id, name: host, subscriptionId: "", resourceGroup: "", location: "", tags: {} };
}

function postureOf(server: ServerRef, takenAt: string, { sections, databases }: CollectedCatalogs): Posture {
  return {
    server,
    takenAt,
    sections: { ...noAzure(notAsked), ...sections, canaries: notTried, ...noProbes(notAsked) },
    databases,
  };
}
