import { afterAll, beforeAll, describe, it } from "@jest/globals";
import { makeCertificates } from "../shared/local/certificates.ts";
import { postgresBinaries } from "../shared/local/postgresBinaries.ts";
import {
  startPostgresServer,
  type PostgresServer,
  type PostgresServerOptions,
} from "../shared/local/postgresServer.ts";

export const everyMajor = [13, 15, 16, 17, 18] as const;

const START_TIMEOUT_MS = 60_000;

/**
 * A block of tests per major, each with a server of its own: started before the first test, gone after the last.
 * A major that is not installed is skipped by name; with REQUIRE_POSTGRES=1 it fails while tests are registered.
 */
export function describePostgres(
  majors: readonly number[] | "all",
  block: (major: number, getServer: () => PostgresServer) => void,
  options: Partial<Omit<PostgresServerOptions, "major">> = {},
): void {
  for (const major of majors === "all" ? everyMajor : majors) {
    const missing = reasonMissing(major);
    if (missing === null) describeMajor(major, block, options);
    else if (process.env["REQUIRE_POSTGRES"] === "1") throw new Error(missing);
    else
      describe.skip(`PostgreSQL ${major}`, () => {
        it(missing, () => undefined);
      });
  }
}

function describeMajor(
  major: number,
  block: (major: number, getServer: () => PostgresServer) => void,
  options: Partial<Omit<PostgresServerOptions, "major">>,
): void {
  describe(`PostgreSQL ${major}`, () => {
    let server: PostgresServer | null = null;
    beforeAll(async () => {
      const certificate = options.certificate ?? (await makeCertificates(["*.postgres.database.azure.com"]));
      server = await startPostgresServer({ ...testTemplates(), ...options, major, certificate });
    }, START_TIMEOUT_MS);
    afterAll(async () => {
      await server?.stop();
    });
    block(major, () => {
      if (server === null) throw new Error(`PostgreSQL ${major} is asked for before it was started.`);
      return server;
    });
  });
}

/** Spread into the options of `startPostgresServer`: copies a cluster of this test run instead of making one. */
export function testTemplates(): { templateDirectory?: string } {
  const directory = process.env["PGWARDEN_TEST_DIR"];
  return directory === undefined ? {} : { templateDirectory: directory };
}

function reasonMissing(major: number): string | null {
  try {
    postgresBinaries(major);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
