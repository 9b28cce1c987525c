import { existsSync } from "node:fs";
import { chmod, lstat, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { keepDirectory, type KeptDirectory } from "../../shared/local/dieWithParent.ts";
import { LocalAzureError } from "../../shared/local/localAzureError.ts";
import { postgresBinaries, reachableBinaries, serverAccount } from "../../shared/local/postgresBinaries.ts";
import { everyMajor } from "../describePostgres.ts";

describe("postgresBinaries", () => {
  it.each(everyMajor)("finds PostgreSQL %i", (major) => {
    const { initdb, postgres } = postgresBinaries(major);

    expect([initdb, postgres].map((path) => existsSync(path))).toEqual([true, true]);
  });

  it.each([
    { platform: "darwin", arch: "arm64" },
    { platform: "linux", arch: "arm64" },
    { platform: "win32", arch: "x64" },
  ])("says on $platform $arch where it would run", (platform) => {
    expect(() => postgresBinaries(17, platform)).toThrow(
      new LocalAzureError(
        `The local Azure needs Linux x64 for its embedded PostgreSQL servers, and this is ${platform.platform} ${platform.arch}: run it in a Linux x64 container or virtual machine.`,
      ),
    );
  });
});

describe("serverAccount", () => {
  it("is somebody else for root only", () => {
    const account = serverAccount();

    expect(account === null).toBe(process.getuid?.() !== 0);
    expect(account?.uid).not.toBe(0);
  });
});

describe("reachableBinaries", () => {
  const nobody = { uid: 65534, gid: 65534 };
  let home: string;
  let kept: KeptDirectory;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "pgwarden-home-"));
    kept = keepDirectory("pgwarden-kept-", null, { PATH: process.env["PATH"] ?? "/usr/bin:/bin" });
    await mkdir(join(home, "native", "bin"), { recursive: true });
    await writeFile(join(home, "native", "bin", "postgres"), "program", { mode: 0o755 });
    await symlink("postgres", join(home, "native", "bin", "postmaster"));
  });
  afterEach(async () => {
    await rm(home, { recursive: true });
    await kept.remove();
  });

  function installed() {
    return { initdb: join(home, "native", "bin", "initdb"), postgres: join(home, "native", "bin", "postgres") };
  }

  it("leaves them where everybody may go", async () => {
    await chmod(home, 0o755);

    expect(await reachableBinaries(installed(), nobody, kept)).toEqual(installed());
  });

  it("leaves them when the servers run as ourselves", async () => {
    expect(await reachableBinaries(installed(), null, kept)).toEqual(installed());
  });

  it("copies them out of a private home directory", async () => {
    const { postgres } = await reachableBinaries(installed(), nobody, kept);

    const link = await lstat(join(kept.path, "native", "bin", "postmaster"));
    expect(postgres).toBe(join(kept.path, "native", "bin", "postgres"));
    expect(((await lstat(postgres)).mode & 0o777).toString(8)).toBe("755");
    expect(link.isSymbolicLink()).toBe(true);
  });
});
