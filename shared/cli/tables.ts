import { styleText } from "node:util";
import type { Control } from "../controls/control.ts";
import type { Drift } from "../model/drift.ts";
import type { Finding } from "../model/finding.ts";
import type { Severity } from "../model/server.ts";
import type { ServerScan } from "../runs/scanServer.ts";
import { gapText } from "./gapText.ts";
import { longest, table } from "./table.ts";
import { type Style, visibleLine } from "./visible.ts";

/** Worst first. */
export const severities: readonly Severity[] = ["critical", "high", "medium", "low", "info"];

const colours = {
  critical: ["bold", "red"],
  high: ["red"],
  medium: ["yellow"],
  low: ["cyan"],
  info: ["gray"],
} as const satisfies Record<Severity, readonly Style[]>;

/** styleText leaves the colours out by itself where stdout is no terminal or NO_COLOR is set. */
function coloured(severity: string): string {
  const style = severities.find((known) => known === severity);
  return style === undefined ? severity : styleText([...colours[style]], severity);
}

interface Located {
  readonly server: string;
  readonly finding: Finding;
}

function rank(severity: Severity): number {
  return severities.indexOf(severity);
}

/** Open fails of all servers, worst first, then by server, control and subject. */
function failsOf(scans: readonly ServerScan[]): readonly Located[] {
  return scans
    .flatMap(({ result, findings }) => findings.map((finding) => ({ server: result.serverName, finding })))
    .filter(({ finding }) => finding.outcome === "fail")
    .sort(
      (left, right) =>
        rank(left.finding.severity) - rank(right.finding.severity) ||
        left.server.localeCompare(right.server) ||
        left.finding.controlId.localeCompare(right.finding.controlId) ||
        left.finding.subject.localeCompare(right.finding.subject),
    );
}

/** The findings that failed as a table, at most `limit` rows. */
export function findingsTable(scans: readonly ServerScan[], limit: number, width: number): string {
  const fails = failsOf(scans);
  if (fails.length === 0) return "No control fails.";
  const columns = [
    { head: "SEVERITY", width: 10, style: coloured },
    {
      head: "SERVER",
      width: longest(
        "SERVER",
        fails.map(({ server }) => server),
      ),
    },
    {
      head: "CONTROL",
      width: longest(
        "CONTROL",
        fails.map(({ finding }) => finding.controlId),
      ),
    },
    { head: "WHAT IS WRONG" },
  ];
  const rows = fails
    .slice(0, limit)
    .map(({ server, finding }) => [finding.severity, server, finding.controlId, visibleLine(finding.message)]);
  const more = fails.length > limit ? `\n… and ${fails.length - limit} more (--all shows them).` : "";
  return table(columns, rows, width) + more;
}

/** What to do about the worst failing controls: one block per control, with its shortest command. */
export function remediationList(scans: readonly ServerScan[], controls: readonly Control[], limit: number): string {
  const ids = [...new Set(failsOf(scans).map(({ finding }) => finding.controlId))];
  const blocks = ids.slice(0, limit).flatMap((id) => {
    const control = controls.find(({ meta }) => meta.id === id);
    if (control === undefined) return [];
    const { cli, sql, bicep, terraform } = control.meta.remediation;
    const command = cli ?? sql ?? bicep ?? terraform ?? "";
    return [`${styleText("bold", id)}: ${control.meta.title}\n    ${command.replaceAll("\n", "\n    ")}`];
  });
  return blocks.join("\n");
}

/** One line per server: outcomes, drift, gaps. */
export function serversTable(scans: readonly ServerScan[], width: number): string {
  const columns = [
    {
      head: "SERVER",
      width: longest(
        "SERVER",
        scans.map(({ result }) => result.serverName),
      ),
    },
    { head: "STATUS", width: 11 },
    ...severities.slice(0, 4).map((severity) => ({ head: severity.toUpperCase(), width: 10 })),
    { head: "PASS", width: 6 },
    { head: "UNKNOWN", width: 9 },
    { head: "N/A", width: 5 },
    { head: "DRIFT", width: 7 },
    { head: "ARM READS" },
  ];
  const rows = scans.map(({ result }) => [
    result.serverName,
    result.status,
    ...severities.slice(0, 4).map((severity) => String(result.failed[severity])),
    String(result.outcomes.pass),
    String(result.outcomes.unknown),
    String(result.outcomes.notApplicable),
    String(result.driftCount),
    String(result.armReads),
  ]);
  return table(columns, rows, width);
}

/** Drifts of one comparison, worst first, each with its cause and effects. */
export function driftTable(scans: readonly ServerScan[], comparison: Drift["comparison"], width: number): string {
  const drifts = scans
    .flatMap(({ result, drifts }) => drifts.map((drift) => ({ server: result.serverName, drift })))
    .filter(({ drift }) => drift.comparison === comparison)
    .sort((left, right) => rank(left.drift.severity) - rank(right.drift.severity));
  if (drifts.length === 0) return "No drift.";
  const columns = [
    { head: "SEVERITY", width: 10, style: coloured },
    {
      head: "SERVER",
      width: longest(
        "SERVER",
        drifts.map(({ server }) => server),
      ),
    },
    { head: "CHANGE", width: 9 },
    {
      head: "CAUSE",
      width: Math.min(
        46,
        longest(
          "CAUSE",
          drifts.map(({ drift }) => drift.cause),
        ),
      ),
    },
    { head: "WHAT HAPPENED" },
  ];
  const rows = drifts.map(({ server, drift }) => {
    return [drift.severity, server, drift.change, drift.cause, whatHappened(drift)];
  });
  return table(columns, rows, width);
}

/** Drifts of one server, worst first as the comparison gave them. */
export function driftsTable(drifts: readonly Drift[], width: number): string {
  if (drifts.length === 0) return "No drift.";
  const causes = drifts.map(({ cause }) => cause);
  const columns = [
    { head: "SEVERITY", width: 10, style: coloured },
    { head: "CHANGE", width: 9 },
    { head: "CAUSE", width: Math.min(46, longest("CAUSE", causes)) },
    { head: "WHAT HAPPENED" },
  ];
  const rows = drifts.map((drift) => [drift.severity, drift.change, drift.cause, whatHappened(drift)]);
  return table(columns, rows, width);
}

function whatHappened({ message, effects }: Drift): string {
  return [visibleLine(message), ...effects.map((effect) => `· ${visibleLine(effect)}`)].join("\n");
}

/** Sections that could not be read, one line each; empty when everything was. */
export function gapLines(scans: readonly ServerScan[]): readonly string[] {
  return scans.flatMap(({ result }) => result.gaps.map((gap) => gapText(result.serverName, gap)));
}

/** Rows per table, for the demo's look at what the ingestion endpoint accepted. */
export function rowCountTable(counts: Readonly<Record<string, number>>, width: number): string {
  const rows = Object.entries(counts)
    .sort(([left], [right]) => left.localeCompare(right))
    .map(([name, count]) => [name, String(count)]);
  const columns = [{ head: "TABLE", width: longest("TABLE", Object.keys(counts)) }, { head: "ROWS ACCEPTED" }];
  return table(columns, rows, width);
}
