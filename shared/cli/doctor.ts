import { Command, Option } from "commander";
import * as v from "valibot";
import { lookAt } from "../runs/lookAt.ts";
import { type RightState, rightStates, type ServerRights } from "../runs/rightStates.ts";
import { UnknownServerError } from "../runs/startScan.ts";
import type { Wiring } from "../wiring.ts";
import { type CredentialRights, credentialRights, credentialRightsText, lacksRight } from "./credentialRights.ts";
import { setUp } from "./credentialsInit.ts";
import { doctorText, grantsText } from "./doctorText.ts";
import { envFileOption, parseOptions } from "./options.ts";
import { remarkLines } from "./rotationText.ts";
import { setupText } from "./setupText.ts";
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
      const names = servers.map(({ server: { name } }) => name);
      const credentials = await credentialRights(names, wiring, terminal.signal);
      const { scope, postgres } = wiring.ports.config;
      if (printGrants) {
        terminal.print(grantsText(servers, { scopes: scopesOf(scope), role: postgres.role }));
        for (const one of credentials) terminal.print(`\n${await setupOf(one, wiring, terminal)}`);
      } else if (format === "json")
        terminal.print(
          JSON.stringify(
            servers.map((one) => jsonOf(one, credentials)),
            null,
            2,
          ),
        );
      else {
        terminal.print(doctorText(servers));
        if (credentials.length > 0) terminal.print(`\n${credentialRightsText(credentials)}`);
      }
      const healthy = servers.every(isHealthy) && !credentials.some(lacksRight);
      terminal.exitWith(healthy ? EXIT.done : EXIT.incomplete);
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

/** What the rotator needs of one credential, as `credentials init` prints it. */
async function setupOf({ credential, server }: CredentialRights, wiring: Wiring, terminal: Terminal): Promise<string> {
  if (server === null) return `-- The server of ${credential.name} was not found.`;
  const options = { apply: false, role: undefined };
  const setup = await setUp(credential, server, options, wiring, terminal);
  for (const line of remarkLines(setup.faults)) terminal.note(line);
  return setupText(setup, { credential, server, rotator: wiring.ports.config.postgres.rotatorRole });
}

function jsonOf({ server, azure, logs, postgres, otherGaps }: ServerRights, credentials: readonly CredentialRights[]) {
  const own = credentials.filter(({ credential }) => credential.server === server.name.toLowerCase());
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
    credentials: own.map(({ credential, plan }) => {
      return { name: credential.name, hindered: plan.hindered, faults: plan.faults };
    }),
  };
}

/** Where the scanner's role is assigned: exactly what the configuration scans. */
function scopesOf({ subscriptions, managementGroups }: Wiring["ports"]["config"]["scope"]): readonly string[] {
  return [
    ...subscriptions.map((id) => `/subscriptions/${id}`),
    ...managementGroups.map((name) => `/providers/Microsoft.Management/managementGroups/${name}`),
  ];
}
