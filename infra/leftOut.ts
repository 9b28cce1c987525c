import type { Plugin } from "esbuild";

/** A module of a library that the deployed app cannot reach, and what stands in its place. */
interface LeftOut {
  /** Its path below node_modules. */
  readonly module: string;
  /** The same exports: esbuild refuses an import that finds none. */
  readonly contents: string;
}

const refuse = `() => { throw new Error("This part of a library was left out of the bundle (infra/leftOut.ts)."); }`;

/** Operation groups of the management client besides `servers`, which is all that `azure/serverList.ts` calls. */
const operationGroups = [
  "administratorsMicrosoftEntra",
  "advancedThreatProtectionSettings",
  "backupsAutomaticAndOnDemand",
  "backupsLongTermRetention",
  "capabilitiesByLocation",
  "capabilitiesByServer",
  "capturedLogs",
  "configurations",
  "databases",
  "firewallRules",
  "migrations",
  "nameAvailability",
  "operations",
  "privateDnsZoneSuffix",
  "privateEndpointConnections",
  "privateLinkResources",
  "quotaUsages",
  "replicas",
  "serverThreatProtectionSettings",
  "tuningOptionsOperations",
  "virtualEndpoints",
  "virtualNetworkSubnetUsage",
];

const modules: readonly LeftOut[] = [
  // WebAssembly that sums uploads up when a caller asks for `contentChecksumAlgorithm`; nobody here does.
  { module: "@azure/storage-common/dist/esm/crc64.js", contents: `export default ${refuse};` },
  // The identity of a pod in Kubernetes, with all of MSAL's interactive flows behind it. The app signs in only where
  // IDENTITY_ENDPOINT is set (azure/managedCredential.ts), which is App Service.
  {
    module: "@azure/identity/dist/esm/credentials/managedIdentityCredential/tokenExchangeMsi.js",
    contents: `export const tokenExchangeMsi = { name: "tokenExchangeMsi", isAvailable: async () => false, getToken: ${refuse} };`,
  },
  ...operationGroups.map((group) => ({
    module: `@azure/arm-postgresql-flexible/dist/esm/operations/${group}.js`,
    contents: `export class ${group.charAt(0).toUpperCase()}${group.slice(1)}Impl {}`,
  })),
];

/** CommonJS that only does something when it is called, and says so nowhere: without a caller it may go. */
const callable = ["jsonwebtoken"];

/**
 * Leaves out of a bundle what cannot be reached from our calls but hangs on classes that are.
 *
 * @throws Error when a library no longer has such a module: look at what took its place
 */
export function leftOut(): Plugin {
  return {
    name: "left-out",
    setup(build) {
      const missing = new Set(modules.map(({ module }) => module));
      for (const { module, contents } of modules) {
        build.onLoad({ filter: pathPattern(module) }, () => {
          missing.delete(module);
          return { contents, loader: "js" };
        });
      }
      build.onResolve({ filter: new RegExp(`^(${callable.join("|")})$`) }, async ({ path, pluginData, ...options }) => {
        if (pluginData === "asked") return undefined;
        const found = await build.resolve(path, { ...options, pluginData: "asked" });
        return { ...found, sideEffects: false };
      });
      build.onEnd(() => {
        if (missing.size > 0) throw new Error(`These modules are no longer in the bundle: ${[...missing].join(", ")}.`);
      });
    },
  };
}

function pathPattern(module: string): RegExp {
  return new RegExp(`[\\\\/]node_modules[\\\\/]${module.replaceAll(".", "\\.").replaceAll("/", "[\\\\/]")}$`);
}
