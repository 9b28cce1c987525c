import { Option } from "commander";
import * as v from "valibot";
import type { Severity } from "../model/server.ts";
import { UsageError } from "./terminal.ts";

/** `--env-file`: variables for this command, over those of the process. */
export function envFileOption(): Option {
  return new Option("--env-file <file>", "take settings from this file, such as .pgwarden/local.env");
}

export function failOnOption(): Option {
  return new Option("--fail-on <severity>", "exit 1 when a finding of this severity or worse fails").choices([
    "critical",
    "high",
    "medium",
    "low",
    "info",
  ] satisfies readonly Severity[]);
}

/** Parses what commander hands over: it checks choices, not types. */
export function parseOptions<S extends v.GenericSchema>(schema: S, options: unknown): v.InferOutput<S> {
  const parsed = v.safeParse(schema, options);
  if (parsed.success) return parsed.output;
  throw new UsageError(parsed.issues.map(({ message }) => message).join(" "));
}
