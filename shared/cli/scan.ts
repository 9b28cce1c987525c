import { writeFile } from "node:fs/promises";
import { Command, Option } from "commander";
import * as v from "valibot";
import type { Finding } from "../model/finding.ts";
import type { Severity } from "../model/server.ts";
import { reportJson } from "../publish/reportJson.ts";
import { cliRunId } from "../runs/runIds.ts";
import { type FleetScan, scanFleet } from "../runs/scanFleet.ts";
import { UnknownServerError } from "../runs/startScan.ts";
import type { Wiring } from "../wiring.ts";
import { localActor } from "./localActor.ts";
import { envFileOption, failOnOption, parseOptions } from "./options.ts";
import { withProgress } from "./progress.ts";
import { postgresText, scanPostgresNow } from "./scanPostgres.ts";
import { driftTable, findingsTable, gapLines, remediationList, serversTable, severities } from "./tables.ts";
import { EXIT, type ExitCode, type Terminal, UsageError } from "./terminal.ts";
import { visibleLine } from "./visible.ts";
import { wireCommand } from "./wireCommand.ts";

const Options = v.object({
  server: v.optional(v.array(v.string())),
  format: v.picklist(["table", "json"]),
  out: v.optional(v.string()),
  failOn: v.optional(v.picklist(["critical", "high", "medium", "low", "info"])),
  all: v.boolean(),
  postgres: v.optional(v.string()),
  envFile: v.optional(v.string()),
});

/** Rows of the findings table without `--all`. */
const tableLimit = 40;

/** `scan`: one run in this process, from inventory to audit line. */
export function scanCommand(terminal: Terminal): Command {
  return new Command("scan")
    .description("scan the servers in scope, once, and report")
    .option("--server <name...>", "only these servers, by name or ARM id")
    .addOption(
      new Option(
        "--postgres <connection string>",
        "one PostgreSQL server by its catalogs alone, without Azure; the password may come from PGPASSWORD",
      ).conflicts("server"),
    )
    .addOption(new Option("--format <format>", "what to print").choices(["table", "json"]).default("table"))
    .option("--out <file>", "write there instead of to stdout")
    .addOption(failOnOption())
    .option("--all", "show every finding in the table", false)
    .addOption(envFileOption())
    .action(async (options: unknown) => {
      const { server, format, out, failOn, all, postgres, envFile } = parseOptions(Options, options);
      const limit = all ? Number.MAX_SAFE_INTEGER : tableLimit;
      const { scan, table } =
        postgres === undefined
          ? await scanServers({ server, envFile, limit, format }, terminal)
          : await scanConnection({ postgres, envFile, limit }, terminal);
      const text = format === "json" ? jsonText(scan) : table();
      if (out === undefined) terminal.print(text);
      else await writeFile(out, `${text}\n`);
      for (const line of troubles(scan)) terminal.note(line);
      terminal.exitWith(exitCode(scan, failOn));
    });
}

/** What a scan found, and how it is shown as a table. */
interface Scanned {
  readonly scan: FleetScan;
  readonly table: () => string;
}

async function scanServers(
  {
    server,
    envFile,
    limit,
    format,
  }: Pick<v.InferOutput<typeof Options>, "server" | "envFile" | "format"> & { readonly limit: number },
  terminal: Terminal,
): Promise<Scanned> {
  const wiring = await wireCommand(terminal, envFile);
  const scan = await scanNow(wiring, server, terminal, format === "json" ? undefined : isFail);
  return { scan, table: () => tableText(scan, wiring, terminal.width, limit) };
}

async function scanConnection(
  {
    postgres,
    envFile,
    limit,
  }: Pick<v.InferOutput<typeof Options>, "envFile"> & {
    readonly postgres: string;
    readonly limit: number;
  },
  terminal: Terminal,
): Promise<Scanned> {
  const { scan, controls } = await scanPostgresNow(postgres, envFile, terminal);
  return { scan, table: () => postgresText(scan, controls, { limit, width: terminal.width }) };
}

/** All that tables show of findings; how many there were of the others is in each server's result. */
function isFail({ outcome }: Finding): boolean {
  return outcome === "fail";
}

/**
 * @param keeps findings that the answer has, all of them without it
 * @throws UsageError when a named server is not in scope
 */
export async function scanNow(
  { ports, randomId }: Wiring,
  servers: readonly string[] | undefined,
  terminal: Terminal,
  keeps: (finding: Finding) => boolean = () => true,
): Promise<FleetScan> {
  const runId = cliRunId(ports.now(), randomId().slice(0, 8));
  const request = { runId, reason: "cli" as const, actor: localActor(), ...(servers && { servers }) };
  try {
    return await withProgress("Scanning", terminal, (onProgress) =>
      scanFleet(request, ports, onProgress, terminal.signal, { keeps }),
    );
  } catch (error) {
    if (error instanceof UnknownServerError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

export function jsonText({ run, scans }: FleetScan): string {
  return JSON.stringify(reportJson(run, scans), null, 2);
}

function tableText({ run, scans }: FleetScan, { ports }: Wiring, width: number, limit: number): string {
  return [
    ...run.coverageFindings.map((line) => `Coverage: ${visibleLine(line)}`),
    serversTable(scans, width),
    findingsTable(scans, limit, width),
    `What to do first:\n${remediationList(scans, ports.controls, 5)}`,
    `Drift from the approved baseline:\n${driftTable(scans, "baseline", width)}`,
    `Changed since the scan before:\n${driftTable(scans, "previous", width)}`,
    `Run ${run.runId}: ${run.status}, rows ${run.delivery ?? "not delivered"}.`,
  ].join("\n\n");
}

/** What a person must know beside the result: gaps, broken servers, rows that wait. */
export function troubles({ run, scans, broken }: FleetScan): readonly string[] {
  return [
    ...gapLines(scans),
    ...broken.map(({ serverId, error }) => `${serverId} was not scanned: ${error.message}`),
    ...(run.delivery === "spooled" ? ["Some rows wait in the spool; deliverSpool replays them."] : []),
    ...(run.delivery === "lost" ? ["Some rows could neither be delivered nor spooled."] : []),
  ];
}

/** Findings win over gaps: what was seen is certain. */
export function exitCode({ run, scans, broken }: FleetScan, failOn: Severity | undefined): ExitCode {
  if (failOn !== undefined) {
    const bad = severities.slice(0, severities.indexOf(failOn) + 1);
    if (scans.some(({ result }) => bad.some((severity) => result.failed[severity] > 0))) return EXIT.findings;
  }
  const whole = run.status === "succeeded" && run.delivery === "delivered" && broken.length === 0;
  return whole ? EXIT.done : EXIT.incomplete;
}
