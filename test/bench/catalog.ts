import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCertificates } from "../../shared/local/certificates.ts";
import { type PostgresServer, startPostgresServer } from "../../shared/local/postgresServer.ts";
import { budgets } from "./budgets.ts";
import type { CatalogFigures } from "./catalogChild.ts";
import { buildDatabase, buildRoles, type Pattern } from "./largeDatabase.ts";
import { atMost, type Figure, megabytes, milliseconds, noBudget, timed } from "./measure.ts";

const major = 17;

interface Bench {
  readonly server: PostgresServer;
  readonly caFile: string;
  readonly password: string;
  readonly databases: readonly string[];
}

async function withServer<T>(work: (server: PostgresServer, directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "pgwarden-bench-"));
  const certificate = await makeCertificates(["localhost"]);
  await writeFile(join(directory, "ca.pem"), certificate.ca);
  const settings = { max_locks_per_transaction: "512", shared_buffers: "256MB", maintenance_work_mem: "128MB" };
  const server = await startPostgresServer({ major, certificate, settings });
  try {
    return await work(server, directory);
  } finally {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function build(
  server: PostgresServer,
  directory: string,
  share: number,
  patterns: readonly Pattern[],
): Promise<Bench> {
  await buildRoles(server, share);
  for (const pattern of patterns) await buildDatabase(server, pattern, pattern, share);
  const password = randomBytes(24).toString("hex");
  await server.asSuperuser((client) => client.query(`alter role monitor password ${client.escapeLiteral(password)}`));
  return { server, caFile: join(directory, "ca.pem"), password, databases: patterns };
}

async function readInChild({ server, caFile, password, databases }: Bench, database: string): Promise<CatalogFigures> {
  const excluded = ["postgres", "azure_sys", "azure_maintenance", ...databases.filter((name) => name !== database)];
  const child = fork(join(process.cwd(), "test/bench/catalogChild.ts"), [String(server.port), database, caFile], {
    env: { PATH: process.env["PATH"], BENCH_PASSWORD: password, BENCH_EXCLUDED: excluded.join(",") },
    execArgv: [],
    stdio: "inherit",
  });
  const [figures] = (await Promise.race([
    once(child, "message"),
    once(child, "exit").then(() => {
      throw new Error("The process that reads the catalog ended early.");
    }),
  ])) as [CatalogFigures];
  return figures;
}

/** The catalog of roles.md §2 at full size, both ACL patterns, and how the figures grow up to it. */
export async function catalogFigures(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const share of [1 / 8, 1 / 4, 1 / 2]) {
    await withServer(async (server, directory) => {
      const bench = await build(server, directory, share, ["patterned"]);
      const read = await readInChild(bench, "patterned");
      const what = `catalog snapshot at ${share} of the size: ${read.roles} roles, ${read.memberships} memberships, ${read.objects} objects`;
      figures.push(noBudget(what, `${milliseconds(read.snapshotMs)}, ${megabytes(read.peakBytes)}`));
    });
  }
  await withServer(async (server, directory) => {
    const { ms, result: bench } = await timed(() => build(server, directory, 1, ["patterned", "unique"]));
    figures.push(noBudget("  (the full database took to build)", milliseconds(ms)));
    const patterned = await readInChild(bench, "patterned");
    const unique = await readInChild(bench, "unique");
    const size = `${patterned.roles} roles, ${patterned.memberships} memberships, ${patterned.objects} objects`;
    figures.push(
      atMost(
        `catalog snapshot, patterned ACLs: ${size}`,
        patterned.snapshotMs,
        budgets.snapshotPatternedMs,
        milliseconds,
      ),
      atMost("catalog snapshot, nearly all ACLs unique", unique.snapshotMs, budgets.snapshotUniqueMs, milliseconds),
      atMost("  peak resident set, patterned", patterned.readBytes, budgets.snapshotBytes, megabytes),
      atMost("  peak resident set, unique", unique.readBytes, budgets.snapshotBytes, megabytes),
      noBudget(
        "  the same after canonical form and digest, patterned / unique",
        `${megabytes(patterned.peakBytes)} / ${megabytes(unique.peakBytes)}`,
      ),
      noBudget(
        "  canonical form and digest, patterned / unique",
        `${milliseconds(patterned.canonicalMs)} / ${milliseconds(unique.canonicalMs)}`,
      ),
      atMost("closure of ten targets, graph included", patterned.closureMs, budgets.closureMs, milliseconds),
      atMost("diff of two snapshots, patterned", patterned.diffMs, budgets.diffMs, milliseconds),
      atMost("diff of two snapshots, unique", unique.diffMs, budgets.diffMs, milliseconds),
    );
    figures.push(...(await peers(server, patterned)));
  });
  return figures;
}

/** What users do today, on the same database, as the same login. */
async function peers(server: PostgresServer, ours: CatalogFigures): Promise<readonly Figure[]> {
  function asMonitor<T>(work: Parameters<typeof server.asSuperuser<T>>[0]): Promise<T> {
    return server.asSuperuser(async (client) => {
      await client.query("set role monitor");
      return await work(client);
    }, "patterned");
  }
  const sweep = await timed(() =>
    asMonitor((client) =>
      client.query(`
        select count(*) from pg_class c cross join unnest(array['SELECT','INSERT','UPDATE','DELETE']) p
         where c.relkind = 'r' and c.relnamespace::regnamespace::text ~ '^s_' and has_table_privilege('login_15000', c.oid, p)`),
    ),
  );
  const exploded = await timed(() =>
    asMonitor((client) =>
      client.query(`
        select n.nspname, c.relname, e.grantee::regrole::text, e.privilege_type, e.is_grantable
          from pg_class c join pg_namespace n on n.oid = c.relnamespace
          cross join lateral aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) e
         where c.relkind = 'r'`),
    ),
  );
  const standard = await timed(() =>
    asMonitor(async (client) => {
      const { rows } = await client.query<{ count: string }>(
        "select count(*) from information_schema.table_privileges where table_schema ~ '^s_'",
      );
      return Number(rows[0]?.count);
    }),
  );
  const hours = (sweep.ms * ours.roles) / 3_600_000;
  return [
    noBudget(
      "peer: has_table_privilege sweep, one role",
      `${milliseconds(sweep.ms)}; ${hours.toFixed(1)} h for all roles`,
    ),
    noBudget("peer: aclexplode of every table", `${milliseconds(exploded.ms)}, ${exploded.result.rowCount ?? 0} rows`),
    noBudget("peer: information_schema.table_privileges", `${milliseconds(standard.ms)}, ${standard.result} rows seen`),
    {
      what: "snapshot against has_table_privilege for every role",
      measured: `${Math.round((hours * 3_600_000) / ours.snapshotMs)} x as fast`,
      budget: `≥ ${budgets.timesFasterThanPeers} x`,
      met: hours * 3_600_000 >= budgets.timesFasterThanPeers * ours.snapshotMs,
    },
    noBudget(
      "snapshot against aclexplode of the tables alone",
      `${(exploded.ms / ours.snapshotMs).toFixed(1)} x as fast`,
    ),
  ];
}
