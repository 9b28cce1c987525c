import { join } from "node:path";
import { restoreBicep } from "./bicepCompiler.ts";
import { checkTemplates, writeTemplate } from "./checkTemplates.ts";

// npm run infra:build: compiles and checks everything under infra; with --write, writes azuredeploy.json anew.
const root = join(import.meta.dirname, "..");
const bicep = restoreBicep(root);
if (!bicep.found) throw new Error(bicep.reason);
if (process.argv.includes("--write")) await writeTemplate(root, bicep.compiler);
const faults = await checkTemplates(root, bicep.compiler);
for (const fault of faults) console.error(fault);
console.log(faults.length === 0 ? "infra compiles without a warning" : `${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
