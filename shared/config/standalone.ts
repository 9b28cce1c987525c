import * as v from "valibot";
import type { Config } from "../model/config.ts";
import { ConfigError } from "./configError.ts";
import { ConfigSchema } from "./configSchema.ts";
import { isCertificateFile } from "./certificateFile.ts";
import { readConfigFile } from "./loadConfig.ts";
import { type PostgresConnection, postgresConnection } from "./postgresConnection.ts";
import { met } from "./schemaFaults.ts";

/** What the scan of a single PostgreSQL server needs: no Azure, no storage, no identity. */
export interface Standalone {
  readonly connection: PostgresConnection;
  /** Of the file that PGWARDEN_CONFIG names; the defaults without one. */
  readonly config: Pick<Config, "policy" | "waivers" | "databases">;
  /** PEM files with further trusted roots. */
  readonly rootCertificates: readonly string[];
}

/**
 * @param variables over those of the process
 * @throws ConfigError with every fault of the connection string, or of the configuration file
 */
export async function readStandalone(
  connectionString: string,
  variables: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Standalone> {
  const all = { ...process.env, ...variables };
  const connection = postgresConnection(connectionString, all);
  const path = all["PGWARDEN_CONFIG"]?.trim() ?? "";
  const config = path === "" ? defaults() : await readConfigFile(path, signal);
  const roots = [authorities(all["PGWARDEN_CA_FILE"]), connection.rootCertificates];
  return { connection, config, rootCertificates: roots.filter((file) => file !== null) };
}

function defaults(): Standalone["config"] {
  const { policy, waivers, databases } = ConfigSchema.entries;
  return {
    policy: v.parse(policy, undefined),
    waivers: v.parse(waivers, undefined),
    databases: v.parse(databases, undefined),
  };
}

function authorities(value: string | undefined): string | null {
  const path = value?.trim() ?? "";
  if (path === "") return null;
  if (isCertificateFile(path)) return path;
  const message = `PGWARDEN_CA_FILE is ${met(path)}; allowed: a readable PEM file that begins with a certificate.`;
  throw new ConfigError("environment", [{ path: "PGWARDEN_CA_FILE", line: null, column: null, message }]);
}
