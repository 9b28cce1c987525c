import { userInfo } from "node:os";
import { readEnvFile } from "../config/envFile.ts";
import { readStandalone } from "../config/standalone.ts";
import type { Control } from "../controls/control.ts";
import { cliRunId } from "../runs/runIds.ts";
import type { FleetScan } from "../runs/scanFleet.ts";
import { catalogControls, scanPostgres } from "../runs/scanPostgres.ts";
import { wirePostgres } from "../wiring.ts";
import { findingsTable, remediationList } from "./tables.ts";
import type { Terminal } from "./terminal.ts";
import { visible } from "./visible.ts";

/** One server by its connection string, with the catalog controls. @throws ConfigError */
export async function scanPostgresNow(
  connectionString: string,
  envFile: string | undefined,
  terminal: Terminal,
): Promise<{ readonly scan: FleetScan; readonly controls: readonly Control[] }> {
  const variables = envFile === undefined ? {} : await readEnvFile(envFile, terminal.signal);
  const standalone = await readStandalone(connectionString, variables, terminal.signal);
  const ports = wirePostgres(standalone);
  const { host, port, database, role } = standalone.connection;
  const request = {
    runId: cliRunId(ports.now(), "postgres"),
    actor: `local:${userInfo().username}`,
    target: { host, port, database, role },
  };
  return { scan: await scanPostgres(request, ports, terminal.signal), controls: catalogControls(ports.controls) };
}

/** As the table of a fleet, without what only Azure and a stored state could tell. */
export function postgresText(
  { scans }: FleetScan,
  controls: readonly Control[],
  { limit, width }: { readonly limit: number; readonly width: number },
): string {
  const counts = scans.map(({ result: { serverName, outcomes } }) => {
    const { fail, pass, unknown, notApplicable, waived } = outcomes;
    return `${serverName}: ${fail} failed, ${pass} passed, ${unknown} unknown, ${notApplicable} not applicable, ${waived} waived; ${controls.length} catalog controls.`;
  });
  const advice = remediationList(scans, controls, 5);
  return [
    findingsTable(scans, limit, width),
    ...(advice === "" ? [] : [`What to do first:\n${advice}`]),
    visible(counts.join("\n")),
  ].join("\n\n");
}
