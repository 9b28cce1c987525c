import { unzipSync } from "fflate";
import { ConfigError } from "../shared/config/configError.ts";
import { loadConfig } from "../shared/config/loadConfig.ts";

/** Stands in the configuration's first version for the subscription that is deployed to. */
const placeholder = "00000000-0000-0000-0000-000000000000";

/** Where the deployed configuration is kept; main.bicepparam reads it too. */
export const configurationPath = "infra/pgwarden.yaml";

/**
 * The configuration with the subscription that is deployed to in the place of the zeros; comments stay.
 *
 * @throws ConfigError with every fault, one of them for zeros that nothing replaces
 */
export function configurationFor(text: string, subscriptionId: string | undefined): string {
  const filled = subscriptionId === undefined ? text : text.replaceAll(placeholder, subscriptionId);
  const { scope } = loadConfig(filled, configurationPath);
  if (scope.subscriptions.includes(placeholder)) {
    const message = "The zeros stand for no subscription: write an id, or set AZURE_SUBSCRIPTION_ID, as azd does.";
    throw new ConfigError(configurationPath, [{ path: "scope.subscriptions", line: null, column: null, message }]);
  }
  return filled;
}

/**
 * What azd uploads: the package's own files, unpacked, and the configuration, by path.
 *
 * @param zip `dist/pgwarden.zip`
 */
export function deploymentFiles(zip: Uint8Array, configuration: string): ReadonlyMap<string, Uint8Array> {
  const encoder = new TextEncoder();
  return new Map([
    ...Object.entries(unzipSync(zip)),
    ["pgwarden.yaml", encoder.encode(configuration)],
    // A list that leaves node_modules in is what tells azd that nothing is to be built.
    [".funcignore", encoder.encode("package-lock.json\n")],
  ]);
}
