import { Command, Option } from "commander";
import * as v from "valibot";
import { credentialsReport } from "../publish/credentialsSchema.ts";
import { credentialStatuses } from "../runs/credentialStatus.ts";
import { initCommand } from "./credentialsInit.ts";
import { credentialsTable } from "./credentialsText.ts";
import { envFileOption, parseOptions } from "./options.ts";
import { EXIT, type Terminal } from "./terminal.ts";
import { wireCommand } from "./wireCommand.ts";

const Options = v.object({ format: v.picklist(["table", "json"]), envFile: v.optional(v.string()) });

/** `credentials`: age, next due, state and last error of every credential; never a value. Exit 3 when a vault is mute. */
export function credentialsCommand(terminal: Terminal): Command {
  return new Command("credentials")
    .enablePositionalOptions() // what stands after init is init's
    .addCommand(initCommand(terminal))
    .description("every credential: role in use, age, next due, state, last error; never a value")
    .addOption(new Option("--format <format>", "what to print").choices(["table", "json"]).default("table"))
    .addOption(envFileOption())
    .action(async (options: unknown) => {
      const { format, envFile } = parseOptions(Options, options);
      const wiring = await wireCommand(terminal, envFile);
      const credentials = await credentialStatuses(await wiring.rotation(), terminal.signal);
      terminal.print(
        format === "json"
          ? JSON.stringify(credentialsReport(credentials), null, 2)
          : credentialsTable(credentials, terminal.width),
      );
      terminal.exitWith(credentials.some(({ secret }) => secret === null) ? EXIT.incomplete : EXIT.done);
    });
}
