import { Command, Option } from "commander";
import * as v from "valibot";
import { diffSnapshots } from "../diff/diffSnapshots.ts";
import { digestOf } from "../diff/snapshotDigest.ts";
import { parseOptions } from "./options.ts";
import { readSnapshotFile } from "./snapshotFile.ts";
import { driftsTable } from "./tables.ts";
import { EXIT, type Terminal } from "./terminal.ts";

const Options = v.object({ format: v.picklist(["table", "json"]) });

/** `diff A B`: what changed from one snapshot file to the other, by cause. Exit 1 when something did. */
export function diffCommand(terminal: Terminal): Command {
  return new Command("diff")
    .description("what changed between two snapshot files, by cause; exit 1 when something did")
    .argument("<before>", "a file of `pgwarden snapshot`, packed or not")
    .argument("<after>", "a later one")
    .addOption(new Option("--format <format>", "what to print").choices(["table", "json"]).default("table"))
    .action(async (beforePath: string, afterPath: string, options: unknown) => {
      const { format } = parseOptions(Options, options);
      const before = await readSnapshotFile(beforePath, terminal.signal);
      const after = await readSnapshotFile(afterPath, terminal.signal);
      if (before.serverId !== after.serverId)
        terminal.note(`The snapshots are of two servers: ${before.serverId} and ${after.serverId}.`);
      const drifts = diffSnapshots(before, after, { comparison: "previous", serverId: after.serverId });
      if (format === "json") {
        const sides = { before: { digest: digestOf(before) }, after: { digest: digestOf(after) } };
        terminal.print(JSON.stringify({ serverId: after.serverId, ...sides, drifts }, null, 2));
      } else terminal.print(driftsTable(drifts, terminal.width));
      terminal.exitWith(drifts.length === 0 ? EXIT.done : EXIT.findings);
    });
}
