#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { ConfigError } from "../config/configError.ts";
import { accessCommand } from "./access.ts";
import { auditCommand } from "./auditVerify.ts";
import { baselineCommand } from "./baseline.ts";
import { controlsCommand } from "./controls.ts";
import { credentialsCommand } from "./credentials.ts";
import { demoCommand } from "./demo.ts";
import { diffCommand } from "./diff.ts";
import { doctorCommand } from "./doctor.ts";
import { localCommand } from "./local.ts";
import { recoverCommand } from "./recover.ts";
import { rotateCommand } from "./rotate.ts";
import { scanCommand } from "./scan.ts";
import { serveCommand } from "./serve.ts";
import { snapshotCommand } from "./snapshot.ts";
import { EXIT, type ExitCode, type Terminal, UsageError } from "./terminal.ts";
import { visible, visibleStyled } from "./visible.ts";

const defaultWidth = 120;

function processTerminal(signal: AbortSignal): Terminal & { readonly code: () => ExitCode } {
  let code: ExitCode = EXIT.done;
  return {
    print(text) {
      process.stdout.write(`${visibleStyled(text)}\n`);
    },
    printExactly(text) {
      process.stdout.write(`${process.stdout.isTTY ? visible(text) : text}\n`);
    },
    note(text) {
      process.stderr.write(`${visible(text)}\n`);
    },
    interactive: process.stderr.isTTY,
    // A wide terminal is used; one line of a finding needs room in a narrow one too.
    width: Math.max(100, process.stdout.columns || defaultWidth),
    exitWith(next) {
      code = next > code ? next : code;
    },
    signal,
    code: () => code,
  };
}

function program(terminal: Terminal): Command {
  const pgwarden = new Command("pgwarden")
    .description("Keeps Azure Database for PostgreSQL Flexible Servers secure over time.")
    .version("0.1.0")
    .showHelpAfterError("(--help shows the usage)")
    .enablePositionalOptions() // an option belongs to the command that it stands behind
    .addHelpText(
      "after",
      `
Exit codes: 0 done; 1 findings at or above --fail-on, drift between two snapshots, or a broken audit chain;
2 wrong use or configuration; 3 incomplete: something could not be read or delivered;
4 a rotation did not reach its end, or a published password does not log in.

Start here: \`pgwarden demo\` needs nothing but this machine.`,
    );
  const commands = [
    demoCommand,
    localCommand,
    serveCommand,
    scanCommand,
    snapshotCommand,
    diffCommand,
    accessCommand,
    baselineCommand,
    controlsCommand,
    rotateCommand,
    recoverCommand,
    credentialsCommand,
    doctorCommand,
    auditCommand,
  ];
  for (const command of commands) pgwarden.addCommand(command(terminal));
  throwAtExit(pgwarden);
  return pgwarden;
}

/** Commander ends the process by itself, with codes of its own, unless each command is told not to. */
function throwAtExit(command: Command): void {
  command.exitOverride();
  for (const inner of command.commands) throwAtExit(inner);
}

/** What a failure means to whoever called: its exit code, and one line on stderr. */
async function explain(error: unknown, terminal: Terminal): Promise<ExitCode> {
  // Commander has printed its own message; its help and version count as done.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof UsageError || error instanceof ConfigError) {
    terminal.note(error.message);
    return EXIT.usage;
  }
  const { LocalAzureError } = await import("../local/localAzureError.ts");
  if (error instanceof LocalAzureError) {
    terminal.note(error.message);
    return EXIT.usage;
  }
  if (terminal.signal.aborted) {
    terminal.note("Stopped.");
    return EXIT.incomplete;
  }
  terminal.note(error instanceof Error ? `${error.name}: ${error.message}` : "An unnamed failure.");
  return EXIT.incomplete;
}

/**
 * The words after the program. Node itself looks for `--env-file` up to the first `--`, and ends with 9 when there is
 * no such file, so `npm run pgwarden` puts one in front, which is not ours.
 */
function commandLine(words: readonly string[]): readonly string[] {
  return words[0] === "--" ? words.slice(1) : words;
}

async function main(): Promise<void> {
  const stopping = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const)
    process.once(name, () => {
      stopping.abort();
    });
  const terminal = processTerminal(stopping.signal);
  try {
    await program(terminal).parseAsync(commandLine(process.argv.slice(2)), { from: "user" });
    process.exitCode = terminal.code();
  } catch (error) {
    process.exitCode = await explain(error, terminal);
  }
}

await main();
