import { execFile } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Account, KeptDirectory } from "./dieWithParent.ts";
import { LocalAzureError } from "./localAzureError.ts";

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

export interface Platform {
  readonly platform: string;
  readonly arch: string;
}

/**
 * The PostgreSQL of the optional package `pg<major>`. Resolved, not imported: importing it gives the same paths, but
 * jest cannot import an ES module that it does not transform.
 *
 * @throws LocalAzureError when this platform or this installation has no such package
 */
export function postgresBinaries(major: number, { platform, arch }: Platform = process): PostgresBinaries {
  if (platform !== "linux" || arch !== "x64") {
    throw new LocalAzureError(
      `The local Azure needs Linux x64 for its embedded PostgreSQL servers, and this is ${platform} ${arch}: run it in a Linux x64 container or virtual machine.`,
    );
  }
  try {
    const bin = join(dirname(createRequire(import.meta.url).resolve(`pg${major}`)), "..", "native", "bin");
    statSync(join(bin, "postgres"));
    return { initdb: join(bin, "initdb"), postgres: join(bin, "postgres") };
  } catch (cause) {
    throw new LocalAzureError(
      `The embedded PostgreSQL ${major} (package pg${major}) is not installed: run "npm ci" without --omit=optional.`,
      { cause },
    );
  }
}

/**
 * Whom the servers run as: PostgreSQL refuses root, and initdb refuses a uid without an entry in /etc/passwd, so root
 * borrows an account that is there. Null: ourselves.
 */
export function serverAccount(): Account | null {
  if (process.getuid?.() !== 0) return null;
  const accounts = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"))
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
  const found = ["postgres", "nobody"]
    .map((name) => accounts.find((account) => account.name === name && account.uid > 0))
    .find((account) => account !== undefined);
  if (found === undefined) {
    throw new LocalAzureError(
      "PostgreSQL does not run as root, and /etc/passwd has neither postgres nor nobody: run as an ordinary user.",
    );
  }
  return { uid: found.uid, gid: found.gid };
}

/** The binaries, copied into the directory when they lie where the account may not go: below /root, or installed with a strict umask. */
export async function reachableBinaries(
  binaries: PostgresBinaries,
  account: Account | null,
  directory: KeptDirectory,
): Promise<PostgresBinaries> {
  if (account === null || mayReach(binaries.postgres, account)) return binaries;
  const native = join(directory.path, "native");
  await promisify(execFile)("cp", ["-r", "--preserve=mode,links", dirname(dirname(binaries.postgres)), native]);
  await promisify(execFile)("chmod", ["-R", "a+rX", native]);
  return { initdb: join(native, "bin", "initdb"), postgres: join(native, "bin", "postgres") };
}

function mayReach(path: string, { uid, gid }: Account): boolean {
  for (let at = path; ; at = dirname(at)) {
    const { mode, uid: owner, gid: group } = statSync(at);
    const bit = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (at === dirname(at)) return true;
  }
}
