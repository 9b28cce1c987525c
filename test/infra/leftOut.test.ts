import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PostgreSQLManagementFlexibleServerClient } from "@azure/arm-postgresql-flexible";
import { build, type BuildOptions } from "esbuild";
import { describe, expect, it } from "@jest/globals";
import { leftOut } from "../../infra/leftOut.ts";

const root = process.cwd();
const options = { bundle: true, write: false, platform: "node", format: "esm", logLevel: "silent" } as const;

function bundled(contents: string, plugins: BuildOptions["plugins"] = [leftOut()]) {
  return build({ ...options, stdin: { contents, resolveDir: root }, plugins });
}

/** What is deployed: everything in shared but the local Azure and the command line. */
const deployed = globSync("{functions,shared}/**/*.ts", { cwd: root })
  .filter((path) => !/^shared\/(?:local|cli)\//.test(path))
  .map((path) => readFileSync(join(root, path), "utf8"));

describe("leftOut", () => {
  it("refuses a bundle in which a module is missing: the library has put something else in its place", async () => {
    await expect(bundled("export const nothing = 1;")).rejects.toThrow(
      /These modules are no longer in the bundle: .*storage-common\/dist\/esm\/crc64\.js/,
    );
  });

  it("refuses a bundle that imports what the stand-in of a module does not have", async () => {
    const entry = 'import { other } from "./node_modules/@azure/storage-common/dist/esm/crc64.js"; console.log(other);';

    await expect(bundled(entry)).rejects.toThrow(/No matching export in ".*storage-common\/dist\/esm\/crc64\.js"/);
  });

  it("finds no caller of what was left out", () => {
    expect(deployed.length).toBeGreaterThan(200);
    expect(deployed.filter((text) => text.includes("contentChecksumAlgorithm"))).toEqual([]);
    const callers = deployed.filter((text) => text.includes('from "@azure/arm-postgresql-flexible"'));
    expect(callers.length).toBeGreaterThan(0);
    expect(callers.flatMap((text) => otherGroups().filter((group) => text.includes(`.${group}`)))).toEqual([]);
  });
});

/** Names under which the management client has its operations, `servers` apart. */
function otherGroups(): readonly string[] {
  const credential = { getToken: () => Promise.resolve(null) };
  const client = new PostgreSQLManagementFlexibleServerClient(credential, "00000000-0000-0000-0000-000000000000");
  const groups = Object.entries(client as object).filter(
    ([name, value]: [string, unknown]) =>
      name !== "servers" && value instanceof Object && value.constructor.name.endsWith("Impl"),
  );
  expect(groups).toHaveLength(22);
  return groups.map(([name]) => name);
}
