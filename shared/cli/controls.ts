import { Command, Option } from "commander";
import * as v from "valibot";
import { catalogue, controlById } from "../controls/catalogue.ts";
import { controlDescription, controlListText, controlText } from "../controls/controlDescription.ts";
import { parseOptions } from "./options.ts";
import { type Terminal, UsageError } from "./terminal.ts";

const Options = v.object({ format: v.picklist(["text", "json"]) });

/** `controls [id]`: the catalogue, or one control with what it reads, why it matters and what to do. */
export function controlsCommand(terminal: Terminal): Command {
  return new Command("controls")
    .description("list the controls, or describe one")
    .argument("[id]", "a control's id, such as tls-min-version")
    .addOption(new Option("--format <format>", "how to print").choices(["text", "json"]).default("text"))
    .action((id: string | undefined, options: unknown) => {
      const { format } = parseOptions(Options, options);
      if (id === undefined) {
        const all = JSON.stringify(catalogue.map(controlDescription), null, 2);
        terminal.print(format === "json" ? all : controlListText(catalogue).trimEnd());
        return;
      }
      const control = controlById(id);
      if (control === undefined)
        throw new UsageError(`There is no control "${id}"; \`pgwarden controls\` lists all ${catalogue.length}.`);
      const one = JSON.stringify(controlDescription(control), null, 2);
      terminal.print(format === "json" ? one : controlText(control, terminal.width));
    });
}
