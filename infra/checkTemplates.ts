import { globSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BicepCompiler } from "./bicepCompiler.ts";

/** The compiled template, for the portal and for whoever has no Bicep. */
export const compiledTemplate = "infra/azuredeploy.json";

/** Compiles everything under `infra`. @returns a sentence for each fault; none when all is well */
export async function checkTemplates(root: string, compiler: BicepCompiler): Promise<readonly string[]> {
  const { output, diagnostics } = await compiler.build("infra/main.bicep");
  const stored = await readFile(join(root, compiledTemplate), "utf8").catch(() => "");
  const outdated = `${compiledTemplate} is not what infra/main.bicep compiles to (npm run infra:build -- --write).`;
  const faults = [...(await compiler.lint("infra/**/*.bicep")), ...diagnostics];
  if (diagnostics.length === 0 && stored !== output) faults.push(outdated);
  for (const path of parameterFiles(root)) faults.push(...(await compiler.buildParameters(path)).diagnostics);
  return [...new Set(faults)];
}

/** Writes the compiled template anew. */
export async function writeTemplate(root: string, compiler: BicepCompiler): Promise<void> {
  const { output, diagnostics } = await compiler.build("infra/main.bicep");
  if (diagnostics.length > 0) throw new Error(diagnostics.join("\n"));
  await writeFile(join(root, compiledTemplate), output);
}

export function parameterFiles(root: string): readonly string[] {
  return globSync("infra/**/*.bicepparam", { cwd: root }).sort();
}
