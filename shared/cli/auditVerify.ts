import { Command, Option } from "commander";
import * as v from "valibot";
import { auditReport } from "../publish/auditSchema.ts";
import { verifyAudit } from "../publish/verifyAudit.ts";
import { auditText } from "./auditText.ts";
import { wireCommand } from "./wireCommand.ts";
import { envFileOption, parseOptions } from "./options.ts";
import { EXIT, type Terminal } from "./terminal.ts";

const Options = v.object({ format: v.picklist(["text", "json"]), envFile: v.optional(v.string()) });

/** `audit verify`: recomputes every hash of every audit stream. Exit 1 when a chain is broken. */
export function auditCommand(terminal: Terminal): Command {
  const verify = new Command("verify")
    .description("check the hash chains of the audit log, and print the last line of each stream")
    .addOption(new Option("--format <format>", "how to print").choices(["text", "json"]).default("text"))
    .addOption(envFileOption())
    .action(async (options: unknown) => {
      const { format, envFile } = parseOptions(Options, options);
      const { ports } = await wireCommand(terminal, envFile);
      const verification = await verifyAudit(ports.audit, terminal.signal);
      terminal.print(
        format === "json"
          ? JSON.stringify(auditReport(verification), null, 2)
          : auditText(verification, terminal.width),
      );
      terminal.exitWith(verification.problems.length === 0 ? EXIT.done : EXIT.findings);
    });
  return new Command("audit").description("the append-only audit log").addCommand(verify);
}
