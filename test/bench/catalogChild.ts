import { reachIn } from "../../shared/access/membershipClosure.ts";
import { membershipGraph } from "../../shared/access/membershipGraph.ts";
import { trustCertificates } from "../../shared/azure/trustCertificates.ts";
import { collectCatalogs } from "../../shared/collect/collectCatalog.ts";
import { unavailable } from "../../shared/collect/section.ts";
import { diffSnapshots } from "../../shared/diff/diffSnapshots.ts";
import { snapshotOf } from "../../shared/diff/snapshot.ts";
import { digestOf } from "../../shared/diff/snapshotDigest.ts";
import type { Posture } from "../../shared/model/posture.ts";
import { SecretValue } from "../../shared/model/secretValue.ts";
import { catalogPort } from "../../shared/postgres/catalogPort.ts";
import { posture as emptyPosture } from "../builders.ts";

/** What a process measured that reads one database and nothing else. Milliseconds, medians of five. */
export interface CatalogFigures {
  readonly snapshotMs: number;
  readonly canonicalMs: number;
  readonly diffMs: number;
  readonly closureMs: number;
  /** Highest resident set of the process in bytes, after reading once. */
  readonly readBytes: number;
  /** The same after canonical form and digest of what was read. */
  readonly peakBytes: number;
  readonly roles: number;
  readonly memberships: number;
  readonly objects: number;
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function measure(work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < 5; index += 1) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return median(times);
}

const [, , port = "", database = "", caFile = ""] = process.argv;
const password = new SecretValue(process.env["BENCH_PASSWORD"] ?? "");
trustCertificates(caFile);
const host = "localhost";
const hosts = { [host]: { addresses: ["127.0.0.1"], connect: { "5432": `127.0.0.1:${port}` } } };
const catalog = catalogPort({ hosts, password: () => Promise.resolve(password) });
const signal = AbortSignal.timeout(300_000);
// Only the database of the benchmark: the others of the cluster are its other patterns and sizes.
const excludedDatabases = (process.env["BENCH_EXCLUDED"] ?? "").split(",");

async function read(): Promise<Posture> {
  const request = { host, port: 5432, database, role: "monitor", excludedDatabases, sensitiveColumns: ["passw"] };
  const { sections, databases } = await collectCatalogs(request, catalog, signal);
  const none = emptyPosture({ server: unavailable("absent", "This is no flexible server.") });
  return { ...none, sections: { ...none.sections, ...sections }, databases };
}

const posture = await read();
const readBytes = process.resourceUsage().maxRSS * 1024;
for (const one of posture.databases)
  for (const [name, section] of Object.entries(one.sections))
    if (section.state === "unavailable" && section.reason !== "absent")
      throw new Error(`Section ${name} of ${one.name} was not read: ${section.detail}`);

const snapshot = snapshotOf(posture);
digestOf(snapshot);
// One snapshot, as a scan takes it; the repetitions that follow only measure time.
const peakBytes = process.resourceUsage().maxRSS * 1024;

const snapshotMs = await measure(read);
const canonicalMs = await measure(() => digestOf(snapshotOf(posture)));
const again = snapshotOf(await read());
const diffMs = await measure(() => diffSnapshots(snapshot, again, { comparison: "previous", serverId: "bench" }));
const { roles, memberships } = posture.sections;
if (roles.state === "unavailable" || memberships.state === "unavailable") throw new Error("The roles were not read.");
// The roots of the forest of groups: what most roles reach.
const targets = Array.from({ length: 10 }, (_, index) => ({ kind: "role" as const, name: `group_${index}` }));
const closureMs = await measure(() => {
  const graph = membershipGraph(memberships.items, roles.items, { versionNum: 170_000 });
  return targets.map((target) => reachIn(graph, target).size);
});

const acls = posture.databases.flatMap(({ sections }) =>
  sections.acls.state === "collected" ? sections.acls.items : [],
);
process.send?.({
  snapshotMs,
  canonicalMs,
  diffMs,
  closureMs,
  readBytes,
  peakBytes,
  roles: roles.items.length,
  memberships: memberships.items.length,
  objects: acls.reduce((sum, { objects }) => sum + objects.length, 0),
} satisfies CatalogFigures);
process.disconnect();
