import type { ServerState } from "./emulator/azureState.ts";
import type { PostgresServer } from "./postgresServer.ts";

type Configurations = ServerState["configurations"];

/** What only the service's own machines can have. ARM then says what the local server has. */
const LOCAL = new Set([
  "archive_command",
  "archive_mode",
  "log_destination",
  "logging_collector",
  "max_connections",
  "server_version",
  "shared_buffers",
  "shared_preload_libraries",
  "ssl",
  "ssl_ca_file",
  "ssl_cert_file",
  "ssl_crl_file",
  "ssl_key_file",
  "ssl_library",
  "ssl_passphrase_command",
]);

/** Parameters of the service around PostgreSQL. */
const NOT_POSTGRES = /^(azure\.|connection_throttle\.|logfiles\.|pgaudit\.|pgbouncer\.|require_secure_transport$)/;

/** Settings of the server to be started, so that it does what ARM says. */
export function settingsOf(configurations: Configurations): Readonly<Record<string, string>> {
  const settable = configurations.filter(({ name }) => !LOCAL.has(name) && !NOT_POSTGRES.test(name));
  return {
    ...Object.fromEntries(settable.map(({ name, properties }) => [name, properties.value])),
    shared_preload_libraries: "pg_stat_statements", // the one of the service's that is in the package
  };
}

/** Lets ARM say what the started server has, where it could not be given what ARM said. */
export async function adoptSettings(configurations: Configurations, server: PostgresServer): Promise<void> {
  // `setting` is what SHOW prints, such as an octal file mode; over our socket it knows nothing of TCP, `reset_val` does.
  const sql = "select name, setting, reset_val from pg_catalog.pg_settings where name = any ($1)";
  const { rows } = await server.asSuperuser((client) =>
    client.query<{ name: string; setting: string | null; reset_val: string | null }>(sql, [
      configurations.map(({ name }) => name),
    ]),
  );
  for (const { name, setting, reset_val } of rows) {
    const properties = configurations.find((configuration) => configuration.name === name)?.properties;
    if (properties === undefined || [setting ?? "", reset_val ?? ""].includes(properties.value)) continue;
    properties.value = setting ?? "";
    properties.source = "user-override";
  }
}
