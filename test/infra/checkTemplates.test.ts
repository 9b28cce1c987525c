import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "@jest/globals";
import { checkTemplates, parameterFiles } from "../../infra/checkTemplates.ts";
import { describeBicep, repository } from "../describeBicep.ts";

const limitMs = 120_000;
const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A file below the repository's own rules, for as long as the tests run. */
function seeded(name: string, text: string): string {
  mkdirSync(join(repository, ".pgwarden"), { recursive: true });
  const folder = mkdtempSync(join(repository, ".pgwarden/seeded-"));
  folders.push(folder);
  writeFileSync(join(folder, "bicepconfig.json"), readFileSync(join(repository, "infra/bicepconfig.json")));
  writeFileSync(join(folder, name), text);
  return join(folder, name).slice(repository.length + 1);
}

describeBicep("the templates under infra", (compiler) => {
  it(
    "compile without a warning, and azuredeploy.json is what comes out (npm run infra:build -- --write)",
    async () => {
      expect(await checkTemplates(repository, compiler)).toEqual([]);
      expect(parameterFiles(repository)).toEqual(["infra/main.bicepparam"]);
    },
    limitMs,
  );

  it.each([
    ["an unused parameter", "param unused string", "no-unused-params"],
    ["a property that ARM does not know", resource("bogus: 1"), "BCP037"],
    ["an address of one cloud", `output o string = 'https://management.azure.com/'`, "no-hardcoded-env-urls"],
    ["a secret in an output", "@secure()\nparam p string\noutput o string = p", "outputs-should-not-contain-secrets"],
  ])(
    "are refused with %s",
    async (_name, text, rule) => {
      const path = seeded("seeded.bicep", text);

      const faults = await compiler.lint(path);

      expect(faults.filter((line) => line.includes(rule))).not.toEqual([]);
    },
    limitMs,
  );
});

function resource(property: string): string {
  return `resource s 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: 'x'
  location: resourceGroup().location
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: { ${property} }
}`;
}
