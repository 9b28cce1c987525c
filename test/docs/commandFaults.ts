import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import type { Terminal } from "../../shared/cli/terminal.ts";
import { repository } from "./documents.ts";

const silent: Terminal = {
  print: () => undefined,
  printExactly: () => undefined,
  note: () => undefined,
  interactive: false,
  width: 100,
  exitWith: () => undefined,
  signal: new AbortController().signal,
};

/** The commands that the program has, by name: those that shared/cli/main.ts imports. */
export async function commandsOfProgram(): Promise<ReadonlyMap<string, Command>> {
  const source = readFileSync(join(repository, "shared/cli/main.ts"), "utf8");
  const imports = [...source.matchAll(/^import \{ (?<factory>\w+Command) \} from "\.\/(?<file>\w+\.ts)";$/gm)];
  const commands = imports.map(async ({ groups }): Promise<readonly [string, Command]> => {
    const module = (await import(join(repository, "shared/cli", groups?.["file"] ?? ""))) as Readonly<
      Record<string, (terminal: Terminal) => Command>
    >;
    const command = module[groups?.["factory"] ?? ""]?.(silent);
    if (command === undefined) throw new Error(`${groups?.["file"] ?? ""} exports no ${groups?.["factory"] ?? ""}.`);
    return [command.name(), command];
  });
  return new Map(await Promise.all(commands));
}

/** What is wrong with a command line as a document shows it, such as `scan [--format json|table]`; one sentence each. */
export function commandFaults(words: readonly string[], program: ReadonlyMap<string, Command>): readonly string[] {
  const [name = "", ...rest] = words.map((word) => word.replace(/^\[+|[\],;.]+$/g, ""));
  if (name === "" || /^(?:--help|--version|…|<)/.test(name)) return [];
  const command = program.get(name);
  if (command === undefined) return [`there is no command ${name}`];
  return faultsBelow(command, rest);
}

function faultsBelow(command: Command, [word, ...rest]: readonly string[]): readonly string[] {
  if (command.commands.length > 0 && word !== undefined && /^[a-z]/.test(word)) {
    // `show|approve` names two.
    const inner = word.split("|").map((name) => command.commands.find((one) => one.name() === name));
    const known = inner.filter((one) => one !== undefined);
    if (known.length < inner.length) return [`${command.name()} has no command ${word}`];
    return known.length > 1 ? [] : known.flatMap((one) => faultsBelow(one, rest));
  }
  const own = [command, command.parent].flatMap((one) => one?.options ?? []);
  const given = [word ?? "", ...rest].filter((one) => one.startsWith("-")).map((one) => one.replace(/=.*$/, ""));
  return given
    .filter((flag) => !own.some(({ long, short }) => long === flag || short === flag))
    .map((flag) => `${command.name()} has no option ${flag}`);
}
