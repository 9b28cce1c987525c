import { Command } from "commander";
import * as v from "valibot";
import { verifyAudit } from "../publish/verifyAudit.ts";
import { wireCommand } from "./wireCommand.ts";
import { envFileOption, parseOptions } from "./options.ts";
import { EXIT, type Terminal } from "./terminal.ts";

const Options = v.object({ envFile: v.optional(v.string()) });

/** `audit verify`: recomputes every hash of every audit stream. Exit 1 when a chain is broken. */
export function auditCommand(terminal: Terminal): Command {
  const verify = new Command("verify")
    .description("check the hash chains of the audit log")
    .addOption(envFileOption())
    .action(async (options: unknown) => {
      const { envFile } = parseOptions(Options, options);
      const { ports } = await wireCommand(terminal, envFile);
      const { streams, lines, problems } = await verifyAudit(ports.audit, terminal.signal);
      for (const { blob, line, message } of problems) terminal.print(`${blob}:${line} ${message}`);
      const verdict = problems.length === 0 ? "every hash fits" : `${problems.length} problems`;
      terminal.print(`${lines} lines in ${streams} streams: ${verdict}.`);
      terminal.exitWith(problems.length === 0 ? EXIT.done : EXIT.findings);
    });
  return new Command("audit").description("the append-only audit log").addCommand(verify);
}
