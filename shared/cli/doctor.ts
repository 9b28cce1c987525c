import { Command, Option } from "commander";
import * as v from "valibot";
import { lookAt } from "../runs/lookAt.ts";
import { type RightState, rightStates, type ServerRights } from "../runs/rightStates.ts";
import { UnknownServerError } from "../runs/startScan.ts";
import type { Wiring } from "../wiring.ts";
import { doctorText, grantsText } from "./doctorText.ts";
import { envFileOption, parseOptions } from "./options.ts";
import { EXIT, type Terminal, UsageError } from "./terminal.ts";
import { wireCommand } from "./wireCommand.ts";

const Options = v.object({
  server: v.optional(v.array(v.string())),
  printGrants: v.boolean(),
  format: v.picklist(["text", "json"]),
  envFile: v.optional(v.string()),
});

/** `doctor`: which of pgwarden's own rights are missing on each server, and what that costs. Exit 3 when one is. */
export function doctorCommand(terminal: Terminal): Command {
  return new Command("doctor")
    .description("which right is missing for which section, and how to grant the least that is needed")
    .option("--server <name...>", "only these servers, by name or ARM id")
    .option("--print-grants", "print the SQL and the az commands that grant what is not held, and nothing more", false)
    .addOption(new Option("--format <format>", "how to print").choices(["text", "json"]).default("text"))
    .addOption(envFileOption())
    .action(async (options: unknown) => {
      const { server, printGrants, format, envFile } = parseOptions(Options, options);
      const wiring = await wireCommand(terminal, envFile);
      const servers = await examine(server, wiring, terminal);
      const { scope, postgres } = wiring.ports.config;
      if (printGrants) terminal.print(grantsText(servers, { scopes: scopesOf(scope), role: postgres.role }));
      else if (format === "json") terminal.print(JSON.stringify(servers.map(jsonOf), null, 2));
      else terminal.print(doctorText(servers));
      terminal.exitWith(servers.every(isHealthy) ? EXIT.done : EXIT.incomplete);
    });
}

async function examine(
  servers: readonly string[] | undefined,
  { ports }: Wiring,
  terminal: Terminal,
): Promise<readonly ServerRights[]> {
  try {
    return await lookAt(servers, (posture) => rightStates(posture, ports.config.postgres), ports, terminal.signal);
  } catch (error) {
    if (error instanceof UnknownServerError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

function isHealthy({ azure, logs, postgres, otherGaps }: ServerRights): boolean {
  const states: readonly RightState[] = [...azure, ...logs, ...postgres.filter(({ right }) => right.recommended)].map(
    ({ state }) => state,
  );
  return otherGaps.length === 0 && states.every((state) => state === "held");
}

function jsonOf({ server, azure, logs, postgres, otherGaps }: ServerRights) {
  return {
    server: server.name,
    id: server.id,
    azure: azure.map(({ right, state, cost }) => ({ name: right.name, state, cost })),
    logs: logs.map(({ right, state, cost }) => ({ name: right.name, workspaceId: right.workspaceId, state, cost })),
    postgres: postgres.map(({ right, state, cost }) => {
      const { name, database, recommended, effect, runIn, sql } = right;
      return { name, database, recommended, state, cost, effect, runIn, sql };
    }),
    otherGaps,
  };
}

/** Where the scanner's role is assigned: exactly what the configuration scans. */
function scopesOf({ subscriptions, managementGroups }: Wiring["ports"]["config"]["scope"]): readonly string[] {
  return [
    ...subscriptions.map((id) => `/subscriptions/${id}`),
    ...managementGroups.map((name) => `/providers/Microsoft.Management/managementGroups/${name}`),
  ];
}
