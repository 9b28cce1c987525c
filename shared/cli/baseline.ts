import { Command, Option } from "commander";
import * as v from "valibot";
import { isoDay } from "../config/allowedValues.ts";
import { approveBaseline } from "../runs/approveBaseline.ts";
import { serverSummaries, serverSummary, type ServerSummary } from "../runs/serverSummary.ts";
import { findServer } from "../runs/storedServers.ts";
import type { Wiring } from "../wiring.ts";
import { localActor } from "./localActor.ts";
import { envFileOption, parseOptions } from "./options.ts";
import { type Terminal, UsageError } from "./terminal.ts";
import { visible } from "./visible.ts";
import { wireCommand } from "./wireCommand.ts";

const ShowOptions = v.object({
  server: v.optional(v.string()),
  format: v.picklist(["text", "json"]),
  envFile: v.optional(v.string()),
});

const ApproveOptions = v.object({
  server: v.string(),
  digest: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "--digest takes the 64 hex digits of `baseline show`.")),
  reason: v.pipe(v.string(), v.regex(/\S/, "--reason says why the snapshot is approved.")),
  expires: v.optional(v.pipe(v.string(), v.check(isDay, "--expires takes a day such as 2027-01-31."))),
  envFile: v.optional(v.string()),
});

function isDay(text: string): boolean {
  return v.is(isoDay(), text);
}

/** `baseline show|approve`: what drift is measured against. */
export function baselineCommand(terminal: Terminal): Command {
  return new Command("baseline")
    .description("the snapshots that somebody approved")
    .addCommand(showCommand(terminal))
    .addCommand(approveCommand(terminal));
}

function showCommand(terminal: Terminal): Command {
  return new Command("show")
    .description("the last snapshot and the approved one, of one server or all")
    .option("--server <name>", "only this server, by name or ARM id")
    .addOption(new Option("--format <format>", "how to print").choices(["text", "json"]).default("text"))
    .addOption(envFileOption())
    .action(async (options: unknown) => {
      const { server, format, envFile } = parseOptions(ShowOptions, options);
      const { ports } = await wireCommand(terminal, envFile);
      const summaries =
        server === undefined
          ? await serverSummaries(ports, terminal.signal)
          : [(await serverSummary(server, ports, terminal.signal)) ?? notScanned(server)];
      if (format === "json") terminal.print(JSON.stringify(summaries.map(jsonOf), null, 2));
      else if (summaries.length === 0) terminal.print("No server was scanned yet.");
      else terminal.print(visible(summaries.map(summaryText).join("\n\n")));
    });
}

function approveCommand(terminal: Terminal): Command {
  return new Command("approve")
    .description("make the last snapshot of a server its baseline; refuses when it has moved")
    .requiredOption("--server <name>", "the server, by name or ARM id")
    .requiredOption("--digest <digest>", "of the snapshot that you have seen, as `baseline show` prints it")
    .requiredOption("--reason <reason>", "why it is approved")
    .option("--expires <day>", "the approval ends when this day begins (UTC), such as 2027-01-31")
    .addOption(envFileOption())
    .action(async (options: unknown) => {
      const { envFile, ...approval } = parseOptions(ApproveOptions, options);
      await approve(approval, await wireCommand(terminal, envFile), terminal);
    });
}

async function approve(
  { server, digest, reason, expires }: Omit<v.InferOutput<typeof ApproveOptions>, "envFile">,
  { ports }: Wiring,
  terminal: Terminal,
): Promise<void> {
  const found = (await findServer(server, ports.store, terminal.signal)) ?? notScanned(server);
  const { serverId, serverName } = found.latest.result;
  const approvedBy = localActor();
  const approval = { serverId, digest, approvedBy, reason, expires: expires ?? null };
  const answer = await approveBaseline(approval, ports, terminal.signal);
  switch (answer.outcome) {
    case "approved": {
      const until = expires === undefined ? "until it is replaced" : `until ${expires}`;
      terminal.print(`Baseline of ${serverName} approved ${until}: ${digest}`);
      return;
    }
    case "moved":
      throw new UsageError(
        `The snapshot of ${serverName} has moved: its digest is ${answer.digest}, not ${digest}. Look at the drift, then approve that one.`,
      );
    case "over":
      throw new UsageError(`--expires is ${expires ?? "empty"}; allowed: a day to come.`);
    case "notScanned":
      return notScanned(server);
  }
}

function notScanned(server: string): never {
  throw new UsageError(
    `Server "${server}" was never scanned; \`pgwarden scan\` takes its snapshot, \`pgwarden baseline show\` lists all.`,
  );
}

function jsonOf({ id, name, takenAt, digest, baseline }: ServerSummary) {
  return { id, name, takenAt, digest, baseline };
}

function summaryText({ name, takenAt, digest, baseline }: ServerSummary): string {
  const snapshot = `${name}\n  snapshot  ${digest}, taken ${takenAt}`;
  if (baseline === null) return `${snapshot}\n  baseline  none: nothing was approved yet`;
  const { approvedBy, approvedAt, reason, expires, state } = baseline;
  const difference = baseline.isCurrent ? "equal to the snapshot" : `${baseline.digest}, the snapshot differs from it`;
  const end = expires === null ? "until it is replaced" : `${state === "expired" ? "ended" : "until"} ${expires}`;
  const force = state === "outdated" ? ", of an earlier version: approve the snapshot anew" : "";
  return [
    snapshot,
    `  baseline  ${difference}${force}`,
    `  approved  by ${approvedBy}, ${approvedAt}, ${end}`,
    `  reason    ${reason}`,
  ].join("\n");
}
