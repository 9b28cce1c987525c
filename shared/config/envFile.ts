import { readFile } from "node:fs/promises";
import { parseEnv } from "node:util";
import { ConfigError, type ConfigFault } from "./configError.ts";

/** One assignment, its quoted value over several lines if need be; a comment; or a blank line. */
const piece =
  /^(?:[ \t]*(?:export[ \t]+)?[A-Za-z_][\w.-]*[ \t]*=[ \t]*(?:"[^"]*"|'[^']*'|`[^`]*`|[^\n"'`][^\n]*)?[ \t]*(?:#[^\n]*)?|[ \t]*(?:#[^\n]*)?)(?:\n|$)/;

/**
 * Dotenv syntax. `node:util` skips what it does not understand; a line without `NAME=` is a fault here, named by its
 * number only, since it may hold a secret.
 *
 * @param path only names the file in faults
 * @throws ConfigError with every such line
 */
export function parseEnvFile(text: string, path = "The environment file"): Readonly<Record<string, string>> {
  const content = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  const faults = strayLines(content).map((line): ConfigFault => ({
    path: "",
    line,
    column: null,
    message: "The line is no NAME=value.",
  }));
  if (faults.length > 0) throw new ConfigError(path, faults);
  return Object.fromEntries(
    Object.entries(parseEnv(content)).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** @throws ConfigError also when there is no such file */
export async function readEnvFile(path: string, signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
  let text: string;
  try {
    text = await readFile(path, { encoding: "utf8", signal });
  } catch (error) {
    signal.throwIfAborted();
    const message = "The file cannot be read; --env-file takes the path of a file with NAME=value lines.";
    throw new ConfigError(path, [{ path: "", line: null, column: null, message }], { cause: error });
  }
  return parseEnvFile(text, path);
}

/** Numbers of the lines that belong to no piece. */
function strayLines(text: string): readonly number[] {
  const stray: number[] = [];
  let rest = text;
  let line = 1;
  while (rest !== "") {
    const found = piece.exec(rest)?.[0];
    const taken = found ?? /^[^\n]*\n?/.exec(rest)?.[0] ?? rest;
    if (found === undefined) stray.push(line);
    line += taken.split("\n").length - 1;
    rest = rest.slice(taken.length);
  }
  return stray;
}
