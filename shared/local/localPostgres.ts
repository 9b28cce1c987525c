import type pg from "pg";
import type { ManagedPostgres } from "./emulator/managedPostgres.ts";
import { reload, type PostgresServer } from "./postgresServer.ts";
import { scramVerifier } from "./scramVerifier.ts";
import { tokenLogins } from "./tokenLogins.ts";

/** PostgreSQL under the emulated ARM. */
export interface LocalPostgres extends ManagedPostgres {
  restart(serverId: string): Promise<void>;
  setRunning(serverId: string, running: boolean): Promise<void>;
  /** Forgets the timers of tokens. */
  close(): void;
}

/** Parameters that hold the local server together; they change in ARM only. */
const OURS = new Set([
  "data_directory",
  "hba_file",
  "ident_file",
  "listen_addresses",
  "port",
  "shared_preload_libraries", // pgaudit and others are not there: the server would not start again
  "ssl",
  "ssl_cert_file",
  "ssl_key_file",
  "unix_socket_directories",
]);

/** A list whose elements PostgreSQL quotes one by one; given as one text it would be one element. */
const QUOTED_LISTS = new Set([
  "local_preload_libraries",
  "search_path",
  "session_preload_libraries",
  "temp_tablespaces",
]);

/**
 * @param servers by lower-case ARM id; may still grow. A server that is missing or stopped only has its ARM state changed.
 * @param onStart called after a server came back, to open again what was connected to it
 */
export function localPostgres(
  servers: ReadonlyMap<string, PostgresServer>,
  onStart: (serverId: string) => Promise<void> = () => Promise.resolve(),
): LocalPostgres {
  const rules = new Map<string, { secure: boolean; method: string }>();
  const tokens = tokenLogins(() => new Map([...servers].filter(([, server]) => server.isRunning())));

  function running(serverId: string): PostgresServer | undefined {
    const server = servers.get(serverId);
    return server?.isRunning() === true ? server : undefined;
  }

  async function changeRules(serverId: string, change: { secure?: boolean; method?: string }): Promise<void> {
    const rule = { ...(rules.get(serverId) ?? { secure: true, method: "scram-sha-256" }), ...change };
    rules.set(serverId, rule);
    await running(serverId)?.setConnectionRules([
      `${rule.secure ? "hostssl" : "host"} all all 127.0.0.1/32 ${rule.method}`,
    ]);
  }

  return {
    async applyParameter(serverId, name, value) {
      switch (name) {
        case "require_secure_transport":
          await changeRules(serverId, { secure: isOn(value) });
          return "applied";
        case "azure.accepted_password_auth_method":
          // The method md5 lets in both kinds of verifier, as the service does with both words.
          await changeRules(serverId, { method: value.toLowerCase().includes("md5") ? "md5" : "scram-sha-256" });
          return "applied";
        default: {
          const server = running(serverId);
          if (server === undefined || OURS.has(name)) return "unsupported";
          return server.asSuperuser((client) => alterSystem(client, name, value));
        }
      }
    },

    async setPassword(serverId, role, password) {
      const verifier = scramVerifier(password);
      await running(serverId)?.asSuperuser((client) =>
        client.query(`alter role ${client.escapeIdentifier(role)} password ${client.escapeLiteral(verifier)}`),
      );
    },

    acceptToken: (role, token, expiresAt) => tokens.accept(role, token, expiresAt),

    async restart(serverId) {
      const server = running(serverId);
      if (server === undefined) return;
      await server.pause();
      await server.resume();
      await onStart(serverId);
    },

    async setRunning(serverId, wanted) {
      const server = servers.get(serverId);
      if (server === undefined || server.isRunning() === wanted) return;
      if (!wanted) return server.pause();
      await server.resume();
      await onStart(serverId);
    },

    close: () => {
      tokens.close();
    },
  };
}

function isOn(value: string): boolean {
  return ["on", "true", "yes", "1"].includes(value.toLowerCase());
}

async function alterSystem(
  client: pg.Client,
  name: string,
  value: string,
): Promise<"applied" | "pendingRestart" | "unsupported"> {
  const found = await client.query<{ context: string }>("select context from pg_catalog.pg_settings where name = $1", [
    name,
  ]);
  const context = found.rows[0]?.context;
  if (context === undefined || context === "internal") return "unsupported";
  const elements = QUOTED_LISTS.has(name) ? value.split(",").map(unquoted) : [value];
  const values = elements.map((element) => client.escapeLiteral(element)).join(", ");
  await client.query(`alter system set ${client.escapeIdentifier(name)} = ${values}`);
  await reload(client);
  return context === "postmaster" ? "pendingRestart" : "applied";
}

function unquoted(element: string): string {
  const text = element.trim();
  return /^".*"$/.test(text) ? text.slice(1, -1).replaceAll('""', '"') : text;
}
