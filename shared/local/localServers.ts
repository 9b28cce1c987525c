import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { allOrNone } from "./allOrNone.ts";
import { adoptSettings, settingsOf } from "./armAgreement.ts";
import type { Certificates } from "./certificates.ts";
import type { AzureState } from "./emulator/azureState.ts";
import { majorOf, type Fleet, type FleetServer } from "./fleet.ts";
import { heldSessions } from "./heldSessions.ts";
import { localPostgres, type LocalPostgres } from "./localPostgres.ts";
import { startPostgresServer, type PostgresServer } from "./postgresServer.ts";
import { seedServer } from "./seedServer.ts";

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

/** Not among a server's settings: the local server has rules of pg_hba.conf instead. */
const CONNECTION_RULES = ["require_secure_transport", "azure.accepted_password_auth_method"];

export interface LocalServerFiles {
  /** For clusters that are copied; used only while servers start. */
  readonly templateDirectory: string;
  /** Where each server's log goes, as `<server>.log`; undefined: nowhere. */
  readonly logDirectory: string | undefined;
}

export function localServers(
  fleet: Fleet,
  state: AzureState,
  certificate: Certificates,
  { templateDirectory, logDirectory }: LocalServerFiles,
): LocalServers {
  const running = new Map<string, PostgresServer>();
  const sessions = heldSessions();
  const managed = localPostgres(running, async (id) => {
    const server = running.get(id);
    const plan = fleet.servers.find((candidate) => idOf(candidate) === id);
    if (server !== undefined && plan !== undefined) await sessions.open(server, plan.sessions);
  });

  async function startOne(plan: FleetServer, signal: AbortSignal): Promise<void> {
    const id = idOf(plan);
    const major = majorOf(plan);
    const configurations = state.servers.get(id)?.configurations ?? [];
    // One of its kind is made on the spot; copying would only cost time.
    const isShared = fleet.servers.filter((other) => majorOf(other) === major).length > 1;
    const server = await startPostgresServer(
      {
        major,
        certificate,
        administrator: plan.arm.body.properties.administratorLogin,
        settings: settingsOf(configurations),
        ...(isShared ? { templateDirectory } : {}),
        ...(logDirectory === undefined ? {} : { logFile: join(logDirectory, `${plan.arm.body.name}.log`) }),
      },
      signal,
    );
    running.set(id, server);
    await adoptSettings(configurations, server);
    for (const { name, properties } of configurations) {
      if (CONNECTION_RULES.includes(name)) await managed.applyParameter(id, name, properties.value);
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
