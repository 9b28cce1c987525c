import { Command } from "commander";
import * as v from "valibot";
import { type RecoveredCredential, recoverCredentials } from "../runs/recoverCredentials.ts";
import { cliRunId } from "../runs/runIds.ts";
import type { Wiring } from "../wiring.ts";
import { localActor } from "./localActor.ts";
import { envFileOption, parseOptions } from "./options.ts";
import { recoveryTable, remarkLines } from "./rotationText.ts";
import { EXIT, type ExitCode, type Terminal } from "./terminal.ts";
import { wireCommand } from "./wireCommand.ts";

const Options = v.object({ envFile: v.optional(v.string()) });

/** `recover`: what the recover timer does, once. Exit 4 when a rotation stays open or a published secret broken. */
export function recoverCommand(terminal: Terminal): Command {
  return new Command("recover")
    .description("bring every open rotation to its end and prove every published secret by a login")
    .addOption(envFileOption())
    .action(async (options: unknown) => {
      const { envFile } = parseOptions(Options, options);
      const wiring = await wireCommand(terminal, envFile);
      const results = await recoverNow(wiring, terminal.signal);
      terminal.print(recoveryTable(results, terminal.width));
      for (const line of results.flatMap(troublesOf)) terminal.note(line);
      for (const result of results) terminal.exitWith(exitCode(result));
    });
}

/** Every credential, as somebody at this machine asks for it; by name. */
export async function recoverNow(wiring: Wiring, signal: AbortSignal): Promise<readonly RecoveredCredential[]> {
  const runId = cliRunId(wiring.ports.now(), wiring.randomId().slice(0, 8));
  const results = await recoverCredentials({ runId, actor: localActor() }, await wiring.rotation(), signal);
  return results.toSorted((a, b) => a.credential.localeCompare(b.credential, "en"));
}

function troublesOf({ credential, remarks, problems }: RecoveredCredential): readonly string[] {
  return [...remarkLines(remarks), ...problems].map((line) => `${credential}: ${line}`);
}

function exitCode({ state, remarks, problems }: RecoveredCredential): ExitCode {
  switch (state) {
    case "open":
    case "broken":
      return EXIT.rotationOpen;
    case "unknown":
    case "busy":
    case "fault":
    case "skipped":
      return EXIT.incomplete;
    case "refused": // nothing to prove before the first rotation; everything else was kept from being proved
      return remarks.every(({ code }) => code === "SECRET_MISSING") ? EXIT.done : EXIT.incomplete;
    case "healthy":
    case "rotated":
    case "recovered":
    case "repaired":
    case "imported":
    case "postponed":
      return problems.length === 0 ? EXIT.done : EXIT.incomplete;
  }
}
