import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ConfigError } from "../shared/config/configError.ts";
import { configurationFor, configurationPath, deploymentFiles } from "./deployment.ts";

// npx tsx infra/prepareDeployment.ts, after npm run package: checks the configuration and lays out dist/app for azd.
const root = join(import.meta.dirname, "..");
const app = join(root, "dist/app");

function prepare(): void {
  const before = readFileSync(join(root, configurationPath), "utf8");
  const configuration = configurationFor(before, process.env["AZURE_SUBSCRIPTION_ID"]);
  if (configuration !== before) {
    writeFileSync(join(root, configurationPath), configuration);
    console.log(`${configurationPath} now names the subscription that is deployed to; keep it in version control`);
  }
  rmSync(app, { recursive: true, force: true });
  for (const [path, bytes] of deploymentFiles(readFileSync(join(root, "dist/pgwarden.zip")), configuration)) {
    mkdirSync(dirname(join(app, path)), { recursive: true });
    writeFileSync(join(app, path), bytes);
  }
  console.log("dist/app holds what is deployed");
}

try {
  prepare();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  for (const { line, path, message } of error.faults)
    console.error(`${configurationPath}:${line ?? ""} ${path} ${message}`);
  process.exitCode = 1;
}
