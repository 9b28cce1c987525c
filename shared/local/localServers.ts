import { mkdir } from "node:fs/promises";
import { allOrNone } from "./allOrNone.ts";
import type { Certificates } from "./certificates.ts";
import type { Fleet, FleetServer } from "./fleet.ts";
import { heldSessions } from "./heldSessions.ts";
import { localPostgres, type LocalPostgres } from "./localPostgres.ts";
import { startPostgresServer, type PostgresServer } from "./postgresServer.ts";
import { seedServer } from "./seedServer.ts";
import { postgresSettings } from "./serverParameters.ts";

/** The PostgreSQL servers of a fleet and what is connected to them. */
export interface LocalServers {
  /** The emulator's hand on them; works from the first moment, on those that run. */
  readonly managed: LocalPostgres;
  /** By lower-case ARM id. */
  readonly running: ReadonlyMap<string, PostgresServer>;
  /** Starts and seeds all of them at once. When one fails the others still have to be stopped. */
  start(signal: AbortSignal | undefined): Promise<void>;
  stop(): Promise<void>;
}

/** Started with these; every other parameter is in the server's settings. */
const CONNECTION_RULES = ["require_secure_transport", "azure.accepted_password_auth_method"];

/** @param templateDirectory for clusters that are copied; below it only while servers start */
export function localServers(fleet: Fleet, certificate: Certificates, templateDirectory: string): LocalServers {
  const running = new Map<string, PostgresServer>();
  const sessions = heldSessions();
  const managed = localPostgres(running, async (id) => {
    const server = running.get(id);
    const plan = fleet.servers.find((candidate) => idOf(candidate) === id);
    if (server !== undefined && plan !== undefined) await sessions.open(server, plan.sessions);
  });

  async function startOne(plan: FleetServer, signal: AbortSignal | undefined): Promise<void> {
    // One of its kind is made on the spot; copying would only cost time.
    const isShared = fleet.servers.filter(({ major }) => major === plan.major).length > 1;
    const server = await startPostgresServer(
      {
        major: plan.major,
        certificate,
        administrator: plan.arm.body.properties.administratorLogin,
        settings: postgresSettings(plan.major, plan.parameters),
        ...(isShared ? { templateDirectory } : {}),
      },
      signal,
    );
    running.set(idOf(plan), server);
    for (const name of CONNECTION_RULES) {
      const value = plan.parameters[name];
      if (value !== undefined) await managed.applyParameter(idOf(plan), name, value);
    }
    await seedServer(plan, server);
    await sessions.open(server, plan.sessions);
  }

  return {
    managed,
    running,
    async start(signal) {
      await mkdir(templateDirectory, { recursive: true });
      await allOrNone(
        fleet.servers.map((plan) => (either) => startOne(plan, either)),
        signal,
      );
    },
    async stop() {
      managed.close();
      await sessions.close();
      await Promise.all([...running.values()].map((server) => server.stop()));
      running.clear();
    },
  };
}

export function idOf({ arm }: FleetServer): string {
  return arm.body.id.toLowerCase();
}
