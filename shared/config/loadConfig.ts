import { readFile } from "node:fs/promises";
import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Document, type YAMLError } from "yaml";
import type { Config } from "../model/config.ts";
import { ConfigError, type ConfigFault } from "./configError.ts";
import { ConfigSchema } from "./configSchema.ts";
import { check, type FaultPath } from "./schemaFaults.ts";

/** Far above any real file; what is longer is not a configuration. */
const maxBytes = 1_000_000;

/**
 * @param path only names the file in faults
 * @throws ConfigError with every fault of the text
 */
export function loadConfig(text: string, path: string): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { version: "1.2", prettyErrors: false, lineCounter: lines });
  const syntax = [...document.errors, ...document.warnings].map((error) => syntaxFault(error, text, lines));
  if (syntax.length > 0) throw new ConfigError(path, syntax);

  const checked = check(ConfigSchema, plainValue(document, path), { name: "The file" });
  if (checked.ok) return checked.value;
  const faults = checked.faults.map(({ keys, ...fault }): ConfigFault => ({
    ...fault,
    line: lineOf(document, keys, lines),
    column: null,
  }));
  throw new ConfigError(
    path,
    faults.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)),
  );
}

/** @throws ConfigError also when there is no such file */
export async function readConfigFile(path: string, signal: AbortSignal): Promise<Config> {
  return loadConfig(await readText(path, signal), path);
}

async function readText(path: string, signal: AbortSignal): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw wholeFile(path, `The file cannot be read (${codeOf(error)}); PGWARDEN_CONFIG names another place.`, error);
  }
  if (bytes.length > maxBytes) throw wholeFile(path, `The file has ${bytes.length} bytes; allowed: ${maxBytes}.`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw wholeFile(path, "The file is not UTF-8 text.", error);
  }
}

function wholeFile(path: string, message: string, cause?: unknown): ConfigError {
  return new ConfigError(path, [{ path: "", line: null, column: null, message }], { cause });
}

function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "unknown reason";
}

/** An empty document counts as an empty mapping, so that what is missing is named. */
function plainValue(document: Document, path: string): unknown {
  try {
    return document.toJS() ?? {};
  } catch (error) {
    // the only thing that toJS refuses: aliases that grow without measure, or that lead nowhere
    throw wholeFile(path, "The file has too many aliases, or one that leads nowhere.", error);
  }
}

/** yaml's own message may quote the line; ours does not. */
function syntaxFault({ code, pos }: YAMLError, text: string, lines: LineCounter): ConfigFault {
  const { line, col } = lines.linePos(pos[0]);
  return { path: "", line, column: col, message: syntaxSentence(code, text.slice(pos[0])) };
}

function syntaxSentence(code: YAMLError["code"], rest: string): string {
  if (code === "DUPLICATE_KEY")
    return `The key ${/^[\w-]{1,40}/.exec(rest)?.[0] ?? "here"} stands twice in one mapping.`;
  if (code === "TAB_AS_INDENT") return "The line is indented with a tab; YAML allows spaces only.";
  if (code === "BAD_INDENT") return "The indentation does not fit the lines above.";
  if (code === "MULTIPLE_DOCS") return "The file holds more than one YAML document.";
  if (code === "TAG_RESOLVE_FAILED") return "The tag here is unknown; the file needs none.";
  return `The file is not YAML here (${code.toLowerCase().replaceAll("_", " ")}).`;
}

/** The line where the deepest key of `keys` stands that the document has. */
function lineOf(document: Document, keys: FaultPath, lines: LineCounter): number | null {
  let line: number | null = null;
  let node: unknown = document.contents;
  for (const key of keys) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
      if (isScalar(pair?.key) && pair.key.range) line = lines.linePos(pair.key.range[0]).line;
      node = pair?.value;
    } else if (isSeq(node) && typeof key === "number") {
      node = node.items[key];
      if (isNode(node) && node.range) line = lines.linePos(node.range[0]).line;
    } else return line;
  }
  return line;
}
