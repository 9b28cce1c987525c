import { mkdir, writeFile } from "node:fs/promises";
import { styleText } from "node:util";
import { Command } from "commander";
import { useVariables } from "../config/useVariables.ts";
import type { LocalAzure } from "../local/startLocalAzure.ts";
import { verifyAudit } from "../publish/verifyAudit.ts";
import { streamColumns } from "../publish/tables.ts";
import { wireProcess, type Wiring } from "../wiring.ts";
import { killAndRecover, rotateUnderLoad, setUpPair, showTrail } from "./demoRotation.ts";
import { approveAll } from "./demoSteps.ts";
import { jsonText, scanNow, troubles } from "./scan.ts";
import { driftTable, findingsTable, remediationList, rowCountTable, serversTable } from "./tables.ts";
import { EXIT, type Terminal } from "./terminal.ts";

const reportPath = "out/report.json";
const findingRows = 40;

/** `demo`: the whole job on the local Azure, from an empty machine to a verified audit chain. */
export function demoCommand(terminal: Terminal): Command {
  return new Command("demo")
    .description(
      "the whole job on an embedded local Azure: scan, approve, change, scan again, rotate (this is npm start)",
    )
    .action(async () => {
      // The deployed code never reaches the local Azure: it is loaded here and only here.
      const { startLocalAzure } = await import("../local/startLocalAzure.ts");
      const { demoFleet } = await import("../local/demoFleet.ts");
      chapter(terminal, "1. Starting the local Azure: three PostgreSQL servers, storage, ARM, Log Analytics");
      const local = await startLocalAzure({ fleet: demoFleet, streams: streamColumns(), signal: terminal.signal });
      try {
        for (const { name, major, network } of local.servers)
          terminal.print(`${name.padEnd(10)} PostgreSQL ${major}, ${network}`);
        await tour(local, await wireProcess(useVariables(local.environment), terminal.signal), terminal);
      } finally {
        await local.stop();
      }
    });
}

async function tour(local: LocalAzure, wiring: Wiring, terminal: Terminal): Promise<void> {
  const { width } = terminal;

  chapter(terminal, "2. First scan");
  const first = await scanNow(wiring, undefined, terminal);
  terminal.print(serversTable(first.scans, width));
  terminal.print(`\n${findingsTable(first.scans, findingRows, width)}`);
  terminal.print(`\nWhat to do first:\n${remediationList(first.scans, wiring.ports.controls, 4)}`);
  for (const line of troubles(first)) terminal.note(line);

  chapter(terminal, "3. Approving what was seen as the baseline");
  const approved = await approveAll(first, wiring, "state of the fleet before the demo's changes");
  terminal.print(`Baseline approved for ${approved.join(", ")}.`);

  chapter(terminal, "4. Changes behind pgwarden's back");
  const { changeBehindOurBack } = await import("../local/behindOurBack.ts");
  for (const line of await changeBehindOurBack(local, terminal.signal)) terminal.print(`- ${line}`);

  chapter(terminal, "5. Second scan: what drifted from the baseline, one line per cause");
  const second = await scanNow(wiring, undefined, terminal);
  terminal.print(driftTable(second.scans, "baseline", width));
  for (const line of troubles(second)) terminal.note(line);

  chapter(terminal, "6. Setting up a pair of roles for the application of database shop");
  const stage = { local, wiring, terminal };
  await setUpPair(stage);

  chapter(terminal, "7. Rotating the pair, and the administrator, while the application queries");
  const underLoad = await rotateUnderLoad(stage);

  chapter(terminal, "8. A rotation killed (kill -9) when PostgreSQL has the password and Key Vault has not; recovery");
  const afterKill = await killAndRecover(stage);

  chapter(terminal, "9. The audit trail of that credential");
  await showTrail(stage);

  chapter(terminal, "10. Rows that the Logs Ingestion endpoint accepted");
  terminal.print(rowCountTable(acceptedRows(local), width));

  chapter(terminal, "11. Audit chain");
  const { streams, lines, problems } = await verifyAudit(wiring.ports.audit, terminal.signal);
  for (const { message } of problems) terminal.print(message);
  terminal.print(`${lines} lines in ${streams} streams; ${problems.length} problems.`);

  await mkdir("out", { recursive: true });
  await writeFile(reportPath, `${jsonText(second)}\n`);
  terminal.print(`\nReport: ${reportPath}`);

  const whole = [first, second].every(({ run }) => run.status === "succeeded" && run.delivery === "delivered");
  terminal.exitWith(whole && problems.length === 0 ? EXIT.done : EXIT.incomplete);
  const rotated = [underLoad, afterKill].every(({ queries, failures }) => queries > 0 && failures === 0);
  terminal.exitWith(rotated ? EXIT.done : EXIT.rotationOpen);
}

function chapter(terminal: Terminal, title: string): void {
  terminal.print(`\n${styleText("bold", title)}`);
}

/** Table name → rows, as the ingestion endpoint keeps them. */
function acceptedRows({ state }: LocalAzure): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...state.rule.rows].map(([stream, rows]) => [stream.replace(/^Custom-/, ""), rows.length]),
  );
}
