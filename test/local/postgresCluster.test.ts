import { execFile } from "node:child_process";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "@jest/globals";

describe("makeCluster", () => {
  it("makes one whole template when two processes make the same at once", async () => {
    const directory = await mkdtemp(join(tmpdir(), "pgwarden-templates-"));
    await chmod(directory, 0o711);
    const script = fileURLToPath(new URL("templateUser.ts", import.meta.url));
    async function run(): Promise<string> {
      const { stdout } = await promisify(execFile)(process.execPath, [script, directory]);
      return stdout;
    }

    const outputs = await Promise.all([run(), run()]);
    const templates = await readdir(directory);
    const again = await run();
    await rm(directory, { recursive: true });

    expect([...outputs, again]).toEqual(["up as pgadmin\n", "up as pgadmin\n", "up as pgadmin\n"]);
    expect(templates).toEqual([expect.stringMatching(/^pg13-uid\d+$/)]);
  });
});
