import pg from "pg";
import type { FleetServer } from "./fleet.ts";
import type { PostgresServer } from "./postgresServer.ts";

/** Applications that are connected as the administrator for as long as their server runs. */
export interface HeldSessions {
  /** Connects again those that a stop of the server has cut off. */
  open(server: PostgresServer, sessions: FleetServer["sessions"]): Promise<void>;
  close(): Promise<void>;
}

export function heldSessions(): HeldSessions {
  const clients = new Set<pg.Client>();
  return {
    async open(server, sessions) {
      for (const { database, applicationName } of sessions) {
        const client = new pg.Client({
          ...server.clientConfig(server.administrator, database),
          application_name: applicationName,
        });
        // The server may stop at any time; without a listener that would end this process.
        client.on("error", () => clients.delete(client));
        await client.connect();
        clients.add(client);
      }
    },
    async close() {
      await Promise.all([...clients].map((client) => client.end().catch(() => undefined)));
      clients.clear();
    },
  };
}
