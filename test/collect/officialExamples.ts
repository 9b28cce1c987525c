import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";

const Example = v.object({ responses: v.object({ "200": v.object({ body: v.record(v.string(), v.unknown()) }) }) });

/** The body of an official example, below test/fixtures/azure. */
export function exampleBody(file: string): Readonly<Record<string, unknown>> {
  const text = readFileSync(join(__dirname, "../fixtures/azure/postgresql", `${file}.json`), "utf8");
  return v.parse(Example, JSON.parse(text)).responses["200"].body;
}

/** The elements of an official list. */
export function exampleValues(file: string): readonly unknown[] {
  return v.parse(v.array(v.unknown()), exampleBody(file)["value"]);
}
