import { Command, Option } from "commander";
import * as v from "valibot";
import { accessAnswer } from "../access/accessAnswer.ts";
import { accessReport } from "../publish/accessSchema.ts";
import { accessInput } from "../access/accessInput.ts";
import { accessTarget } from "../access/accessTarget.ts";
import { accessText } from "./accessText.ts";
import { envFileOption, parseOptions } from "./options.ts";
import { oneServer } from "./oneServer.ts";
import { EXIT, type Terminal, UsageError } from "./terminal.ts";
import { wireCommand } from "./wireCommand.ts";

const Options = v.object({
  to: v.string(),
  database: v.optional(v.string()),
  server: v.optional(v.string()),
  format: v.picklist(["table", "json"]),
  envFile: v.optional(v.string()),
});

/** `access --to …`: who reaches a role, an attribute or an object now, how, and by which path. */
export function accessCommand(terminal: Terminal): Command {
  return new Command("access")
    .description("who can reach a role or a table, how, and by which path")
    .requiredOption("--to <target>", "a role, an attribute such as BYPASSRLS, schema.table or schema.function(types)")
    .option("--database <name>", "where to look for the object; needed when several databases have one of that name")
    .option("--server <name>", "by name or ARM id; needed when several are in scope")
    .addOption(new Option("--format <format>", "what to print").choices(["table", "json"]).default("table"))
    .addOption(envFileOption())
    .action(async (options: unknown) => {
      const { to, database, server, format, envFile } = parseOptions(Options, options);
      const { ports } = await wireCommand(terminal, envFile);
      const posture = await oneServer(server, ports, terminal.signal);
      const { name } = posture.server;
      const input = accessInput(posture);
      if ("unavailable" in input) {
        const { section, reason, detail } = input.unavailable;
        terminal.note(`${name}: nobody can say who reaches ${to}: ${section} not read (${reason}): ${detail}`);
        terminal.exitWith(EXIT.incomplete);
        return;
      }
      const target = accessTarget(input, to, database);
      if ("fault" in target) throw new UsageError(`Server ${name}: ${target.fault}`);
      const answer = accessAnswer(input, target);
      terminal.print(
        format === "json" ? JSON.stringify(accessReport(answer), null, 2) : accessText(answer, terminal.width),
      );
      for (const { database: where, section, reason, detail } of answer.missing)
        terminal.note(`${where ?? name}: ${section} not read (${reason}), which may hold further ways: ${detail}`);
      terminal.exitWith(answer.missing.length === 0 ? EXIT.done : EXIT.incomplete);
    });
}
