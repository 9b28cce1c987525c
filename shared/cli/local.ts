import { Command } from "commander";
import * as v from "valibot";
import { useVariables } from "../config/useVariables.ts";
import { streamColumns } from "../publish/tables.ts";
import { wireProcess } from "../wiring.ts";
import { approveAll } from "./demoSteps.ts";
import { parseOptions } from "./options.ts";
import { scanNow } from "./scan.ts";
import type { Terminal } from "./terminal.ts";
import { untilAborted } from "./untilAborted.ts";

const Options = v.object({ directory: v.string(), baseline: v.boolean() });

/** `local`: the local Azure until Ctrl-C, scanned once and approved, so that the next scan shows what has changed. */
export function localCommand(terminal: Terminal): Command {
  return new Command("local")
    .description("run the local Azure until Ctrl-C")
    .option("--directory <directory>", "where local.env and pgwarden.yaml are written", ".pgwarden")
    .option("--no-baseline", "leave the fleet unscanned")
    .action(async (options: unknown) => {
      const { directory, baseline } = parseOptions(Options, options);
      // The deployed code never reaches the local Azure: it is loaded here and only here.
      const { startLocalAzure, writeLocalEnvironment } = await import("../local/startLocalAzure.ts");
      const { psqlCommand, writePassFile } = await import("../local/passFile.ts");
      const { demoFleet } = await import("../local/demoFleet.ts");
      const local = await startLocalAzure({ fleet: demoFleet, streams: streamColumns(), signal: terminal.signal });
      try {
        const envFile = await writeLocalEnvironment(directory, local.environment);
        if (baseline) {
          const wiring = await wireProcess(useVariables(local.environment), terminal.signal);
          await approveAll(await scanNow(wiring, undefined, terminal), wiring, "first scan of the local fleet");
        }
        await writePassFile(directory, local.servers);
        for (const server of local.servers) {
          terminal.print(`${server.name}: PostgreSQL ${server.major}, ${server.network}`);
          terminal.print(`  ${psqlCommand(directory, server)}`);
        }
        terminal.print(`Settings: ${envFile}`);
        terminal.print(`Try: npm run pgwarden -- scan --env-file ${envFile}`);
        terminal.print(`     npm run pgwarden -- credentials init shop --apply --env-file ${envFile}`);
        terminal.print(`     npm run pgwarden -- rotate shop --env-file ${envFile}`);
        await untilAborted(terminal.signal);
      } finally {
        await local.stop();
      }
    });
}
