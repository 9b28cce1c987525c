import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** One directory per jest run, for initdb templates that all workers share. */
export default async function globalSetup(): Promise<void> {
  process.env["PGWARDEN_TEST_DIR"] = await mkdtemp(join(tmpdir(), "pgwarden-test-"));
}
