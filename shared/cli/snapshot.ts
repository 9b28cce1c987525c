import { writeFile } from "node:fs/promises";
import { Command } from "commander";
import * as v from "valibot";
import { snapshotOf } from "../diff/snapshot.ts";
import { digestOf, snapshotBytes } from "../diff/snapshotDigest.ts";
import { gapsOf } from "../runs/summarise.ts";
import { gapText } from "./gapText.ts";
import { envFileOption, parseOptions } from "./options.ts";
import { snapshotFileBytes } from "./snapshotFile.ts";
import { EXIT, type Terminal } from "./terminal.ts";
import { oneServer } from "./oneServer.ts";
import { wireCommand } from "./wireCommand.ts";

const Options = v.object({
  server: v.optional(v.string()),
  out: v.optional(v.string()),
  envFile: v.optional(v.string()),
});

/** `snapshot`: one server as it is now, in canonical form. Two of an unchanged server are the same bytes. */
export function snapshotCommand(terminal: Terminal): Command {
  return new Command("snapshot")
    .description("collect one server now and write its canonical snapshot")
    .option("--server <name>", "by name or ARM id; needed when several are in scope")
    .option("--out <file>", "write there instead of to stdout; gzip when the name ends in .gz")
    .addOption(envFileOption())
    .action(async (options: unknown) => {
      const { server, out, envFile } = parseOptions(Options, options);
      const { ports } = await wireCommand(terminal, envFile);
      const posture = await oneServer(server, ports, terminal.signal);
      const snapshot = snapshotOf(posture);
      if (out === undefined) terminal.printExactly(Buffer.from(snapshotBytes(snapshot)).toString("utf8").trimEnd());
      else {
        await writeFile(out, snapshotFileBytes(out, snapshot));
        terminal.note(`${posture.server.name}: ${digestOf(snapshot)} in ${out}`);
      }
      const gaps = gapsOf(posture);
      for (const gap of gaps) terminal.note(gapText(posture.server.name, gap));
      terminal.exitWith(gaps.length === 0 ? EXIT.done : EXIT.incomplete);
    });
}
