import { chmod } from "node:fs/promises";
import { keepDirectory, type KeptDirectory } from "../shared/local/dieWithParent.ts";

interface JestGlobal {
  pgwardenTestDirectory?: KeptDirectory;
}

/** One directory per jest run, for the PostgreSQL templates that all workers share. It goes even when jest is killed. */
export default async function globalSetup(): Promise<void> {
  const directory = keepDirectory("pgwarden-test-", null, { PATH: process.env["PATH"] ?? "/usr/bin:/bin" });
  await chmod(directory.path, 0o711); // the servers' account passes through it
  (globalThis as JestGlobal).pgwardenTestDirectory = directory; // jest hands values to the teardown this way only
  process.env["PGWARDEN_TEST_DIR"] = directory.path;
}
