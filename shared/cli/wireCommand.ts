import { readEnvFile } from "../config/envFile.ts";
import { useVariables } from "../config/useVariables.ts";
import { wireForCommand } from "../commandWiring.ts";
import type { Wiring } from "../wiring.ts";
import type { Terminal } from "./terminal.ts";

/** The ports for one command, from `--env-file` over the variables of the process. */
export async function wireCommand(terminal: Terminal, envFile: string | undefined): Promise<Wiring> {
  const variables = envFile === undefined ? {} : await readEnvFile(envFile, terminal.signal);
  return await wireForCommand(useVariables(variables), terminal.signal);
}
