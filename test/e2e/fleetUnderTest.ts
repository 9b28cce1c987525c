import { afterAll, beforeAll } from "@jest/globals";
import { useVariables } from "../../shared/config/useVariables.ts";
import type { Fleet } from "../../shared/local/fleet.ts";
import { demoFleet } from "../../shared/local/demoFleet.ts";
import { type LocalAzure, startLocalAzure } from "../../shared/local/startLocalAzure.ts";
import type { Row } from "../../shared/publish/sink.ts";
import { streamColumns } from "../../shared/publish/tables.ts";
import { cliRunId } from "../../shared/runs/runIds.ts";
import { type FleetScan, scanFleet } from "../../shared/runs/scanFleet.ts";
import { type Wiring, wireProcess } from "../../shared/wiring.ts";

/** A running local Azure with the product wired to it, for the tests of one file. */
export interface FleetUnderTest {
  local(): LocalAzure;
  /** Wired anew with changed variables, such as another configuration file. */
  wiring(variables?: Readonly<Record<string, string>>): Promise<Wiring>;
  scan(servers?: readonly string[], wiring?: Wiring): Promise<FleetScan>;
  /** Rows that the ingestion endpoint accepted. */
  rows(table: string): readonly Row[];
}

const startLimitMs = 60_000;
let scans = 0;

/** Starts the local Azure before the tests of this file and ends it afterwards. */
export function fleetUnderTest(fleet: Fleet = demoFleet): FleetUnderTest {
  let azure: LocalAzure | undefined;
  const templateDirectory = process.env["PGWARDEN_TEST_DIR"];
  beforeAll(async () => {
    const templates = templateDirectory === undefined ? {} : { templateDirectory };
    azure = await startLocalAzure({ fleet, streams: streamColumns(), ...templates });
  }, startLimitMs);
  afterAll(async () => {
    await azure?.stop();
  }, startLimitMs);

  const under: FleetUnderTest = {
    local() {
      if (azure === undefined) throw new Error("The local Azure runs only inside tests.");
      return azure;
    },
    wiring: (variables = {}) =>
      wireProcess(useVariables({ ...under.local().environment, ...variables }), new AbortController().signal),
    async scan(servers, wiring) {
      const { ports, signal } = wiring ?? (await under.wiring());
      scans += 1;
      const runId = cliRunId(ports.now(), `test${scans}`);
      const request = { runId, reason: "cli" as const, actor: "test", ...(servers === undefined ? {} : { servers }) };
      return await scanFleet(request, ports, () => undefined, signal);
    },
    rows: (table) => under.local().state.rule.rows.get(`Custom-${table}`) ?? [],
  };
  return under;
}
