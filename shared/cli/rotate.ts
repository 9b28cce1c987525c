import { Command } from "commander";
import * as v from "valibot";
import { planRotation } from "../rotate/planRotation.ts";
import type { TickState } from "../rotate/tickReport.ts";
import { pickCredential, UnknownCredentialError } from "../runs/rotationPorts.ts";
import { rotateCredential } from "../runs/rotateCredential.ts";
import { cliRunId } from "../runs/runIds.ts";
import type { TickResult } from "../runs/runTick.ts";
import type { Wiring } from "../wiring.ts";
import { localActor } from "./localActor.ts";
import { envFileOption, parseOptions } from "./options.ts";
import { planText, remarkLines, rotationText } from "./rotationText.ts";
import { EXIT, type ExitCode, type Terminal, UsageError } from "./terminal.ts";
import { wireCommand } from "./wireCommand.ts";

const Options = v.object({ dryRun: v.boolean(), envFile: v.optional(v.string()) });

/** `rotate <credential>`: one rotation now, due or not. Exit 4 when it did not reach its end. */
export function rotateCommand(terminal: Terminal): Command {
  return new Command("rotate")
    .description("give a credential a new password now, or bring an open rotation to its end")
    .argument("<credential>", "its name in pgwarden.yaml")
    .option("--dry-run", "check what stands in the way and say what would be done; nothing is changed", false)
    .addOption(envFileOption())
    .action(async (name: string, options: unknown) => {
      const { dryRun, envFile } = parseOptions(Options, options);
      const wiring = await wireCommand(terminal, envFile);
      await (dryRun ? plan(name, wiring, terminal) : rotate(name, wiring, terminal)).catch((error: unknown) => {
        if (error instanceof UnknownCredentialError) throw new UsageError(error.message, { cause: error });
        throw error;
      });
    });
}

async function plan(name: string, wiring: Wiring, terminal: Terminal): Promise<void> {
  const ports = await wiring.rotation();
  const credential = pickCredential(name, ports);
  const found = await ports.findServer(credential, false, terminal.signal);
  if (found.state !== "found") {
    terminal.note(found.why);
    terminal.exitWith(EXIT.rotationOpen);
    return;
  }
  const request = { credential, server: found.server, wish: "rotateNow" as const };
  const planned = await planRotation(request, ports.rotation, terminal.signal);
  terminal.print(planText(planned));
  for (const line of remarkLines(planned.faults)) terminal.note(line);
  terminal.exitWith(planned.hindered ? EXIT.rotationOpen : EXIT.done);
}

async function rotate(name: string, wiring: Wiring, terminal: Terminal): Promise<void> {
  const result = await rotateNow(name, wiring, terminal.signal);
  terminal.print(rotationText(result.report, terminal.width));
  for (const line of troublesOf(result)) terminal.note(line);
  terminal.exitWith(exitCode(result));
}

/** One rotation that somebody at this machine asks for. @throws UnknownCredentialError */
export async function rotateNow(name: string, wiring: Wiring, signal: AbortSignal): Promise<TickResult> {
  const requestId = cliRunId(wiring.ports.now(), wiring.randomId().slice(0, 8));
  const request = { credential: name, requestId, reason: "cli" as const, actor: localActor() };
  const result = await rotateCredential(request, await wiring.rotation(), signal);
  if (result === undefined) throw new Error(`Request ${requestId} was granted before it was made.`);
  return result;
}

function troublesOf({ report, recorded }: TickResult): readonly string[] {
  const isSpooled = recorded.delivery !== null && recorded.delivery !== "delivered";
  return [
    ...remarkLines(report.remarks),
    ...recorded.problems,
    ...(isSpooled ? [`The rows of this rotation are ${recorded.delivery}.`] : []),
  ];
}

/** After these the published secret logs in and no rotation is open. */
const ended: readonly TickState[] = ["rotated", "recovered", "repaired"];

function exitCode({ report, recorded }: TickResult): ExitCode {
  if (!ended.includes(report.state)) return EXIT.rotationOpen;
  const isRecorded = recorded.problems.length === 0 && recorded.delivery === "delivered";
  return isRecorded ? EXIT.done : EXIT.incomplete;
}
