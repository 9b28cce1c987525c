import type { KeptDirectory } from "../shared/local/dieWithParent.ts";

export default async function globalTeardown(): Promise<void> {
  // Left there by globalSetup.ts.
  const { pgwardenTestDirectory } = globalThis as { pgwardenTestDirectory?: KeptDirectory };
  await pgwardenTestDirectory?.remove();
}
