import { rm } from "node:fs/promises";

export default async function globalTeardown(): Promise<void> {
  const directory = process.env["PGWARDEN_TEST_DIR"];
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
}
