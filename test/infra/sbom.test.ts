import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import type { Metafile } from "esbuild";
import * as v from "valibot";
import { bundledFolders, writeSbom } from "../../infra/sbom.ts";
import { repository } from "../describeBicep.ts";

const directory = mkdtempSync(join(tmpdir(), "pgwarden-sbom-"));

afterAll(() => {
  rmSync(directory, { recursive: true });
});

function metafile(bytes: Readonly<Record<string, number>>): Metafile {
  const inputs = Object.fromEntries(Object.entries(bytes).map(([file, size]) => [file, { bytesInOutput: size }]));
  return { inputs: {}, outputs: { "dist/main.mjs": { bytes: 1, inputs, imports: [], exports: [] } } };
}

const bundle = metafile({
  "functions/main.ts": 100,
  "node_modules/pg/lib/index.js": 10,
  "node_modules/pg/lib/client.js": 20,
  "node_modules/@azure/core-auth/dist/esm/index.js": 5,
  "node_modules/commander/index.js": 0,
});

const Sbom = v.looseObject({
  components: v.array(
    v.looseObject({ purl: v.string(), licenses: v.array(v.unknown()), hashes: v.array(v.unknown()) }),
  ),
  dependencies: v.array(v.object({ ref: v.string(), dependsOn: v.optional(v.array(v.string())) })),
});

describe("bundledFolders", () => {
  it("names each package once, a nested one by its own folder, and none that left no byte", () => {
    const nested = metafile({ "node_modules/a/node_modules/@b/c/x.js": 1, "node_modules/a/y.js": 1 });

    expect(bundledFolders(bundle)).toEqual(["node_modules/@azure/core-auth", "node_modules/pg"]);
    expect(bundledFolders(nested)).toEqual(["node_modules/a", "node_modules/a/node_modules/@b/c"]);
  });
});

describe("writeSbom", () => {
  it("tells version, licence and hash of each package, and nothing that changes from build to build", async () => {
    const [one, two] = [join(directory, "1.json"), join(directory, "2.json")];
    await writeSbom(repository, bundle, one);
    await writeSbom(repository, bundle, two);
    const text = readFileSync(one, "utf8");
    const sbom = v.parse(Sbom, JSON.parse(text));

    expect(text).toBe(readFileSync(two, "utf8"));
    expect(text).not.toMatch(/serialNumber|timestamp/);
    expect(sbom.components.map(({ purl }) => purl)).toEqual(["pkg:npm/%40azure/core-auth@1.11.0", "pkg:npm/pg@8.23.1"]);
    for (const { licenses, hashes } of sbom.components) {
      expect(licenses).toEqual([{ license: { id: "MIT" } }]);
      expect(hashes).toEqual([{ alg: "SHA-512", content: expect.stringMatching(/^[0-9a-f]{128}$/) as unknown }]);
    }
    const [product] = sbom.dependencies.filter(({ dependsOn }) => dependsOn !== undefined);
    expect(product?.dependsOn).toEqual(sbom.components.map(({ purl }) => purl));
  });
});
