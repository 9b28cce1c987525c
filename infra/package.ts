import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Metafile } from "esbuild";
import { zipSync } from "fflate";
import { leftOut } from "./leftOut.ts";
import { writeSbom } from "./sbom.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
const bundlePath = join(dist, "main.mjs");

/** Instant of every zip entry: the same sources make the same bytes. Zip starts in 1980. */
const entryTime = new Date("1980-01-02T00:00:00Z");

/** Maximum size of the bundle in bytes (architecture.md §8). */
const bundleBudget = 2_000_000;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

/** One minified ESM bundle: `@azure/functions-core` comes from the worker, `pg-native` is optional in pg. */
async function bundle(version: string): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["functions/main.ts"],
    outfile: bundlePath,
    bundle: true,
    platform: "node",
    target: "node22",
    format: "esm",
    minify: true,
    legalComments: "none",
    external: ["@azure/functions-core", "pg-native"],
    // Its build for Node is CommonJS, of which nothing can be left out; this one is the same code as modules.
    alias: { yaml: join(root, "node_modules/yaml/browser/index.js") },
    plugins: [leftOut()],
    define: { PGWARDEN_VERSION: JSON.stringify(version) },
    // Some dependencies are CommonJS and call require inside the ESM bundle.
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    logLevel: "warning",
    metafile: true,
  });
  return metafile;
}

async function makePackage(): Promise<void> {
  const manifest = createRequire(import.meta.url)("../package.json") as Manifest;
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  await writeSbom(root, await bundle(manifest.version), join(dist, "pgwarden.cdx.json"));

  const { size } = await stat(bundlePath);
  if (size > bundleBudget) throw new Error(`dist/main.mjs has ${size} bytes; the budget is ${bundleBudget}.`);

  const { name, version, license } = manifest;
  const deployed = { name, version, license, private: true, type: "module", main: "dist/main.mjs" };
  const files = {
    "host.json": await readFile(join(root, "host.json")),
    "package.json": Buffer.from(`${JSON.stringify(deployed, null, 2)}\n`),
    "dist/main.mjs": await readFile(bundlePath),
  };
  const zip = zipSync(files, { level: 9, mtime: entryTime });
  await writeFile(join(dist, "pgwarden.zip"), zip);
  console.log(`dist/main.mjs ${size} bytes, dist/pgwarden.zip ${zip.length} bytes`);
}

await makePackage();
