import { chmod, copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type pg from "pg";
import type { HostOverride } from "../model/config.ts";
import { allOrNone } from "./allOrNone.ts";
import { startAzurite, type Azurite } from "./azurite.ts";
import { makeCertificates } from "./certificates.ts";
import { keepDirectory } from "./dieWithParent.ts";
import type { ServerPropertiesBody } from "./emulator/armBodies.ts";
import type { AzureState, ColumnType } from "./emulator/azureState.ts";
import { newKeyVault } from "./emulator/newKeyVault.ts";
import { startEmulator, type Emulator } from "./emulator/startEmulator.ts";
import { majorOf, type Fleet, type FleetServer } from "./fleet.ts";
import { makeEnvironment } from "./localEnvironment.ts";
import { idOf, localServers, type LocalServers } from "./localServers.ts";
import { localState } from "./localState.ts";
import type { Login, PostgresServer } from "./postgresServer.ts";

export interface LocalAzureOptions {
  readonly fleet: Fleet;
  /** Streams of the data collection rule: name → column → type. */
  readonly streams: Readonly<Record<string, Readonly<Record<string, ColumnType>>>>;
  /** See `makeCluster`; without it, one for this local Azure alone. */
  readonly templateDirectory?: string;
  /** An existing directory for the servers' logs, `<server>.log`. */
  readonly logDirectory?: string;
  /** Host names beside those of the fleet that the servers' certificate holds. */
  readonly certificateNames?: readonly string[];
  readonly signal?: AbortSignal;
}

/** An Azure subscription on this machine: everything that pgwarden talks to. */
export interface LocalAzure {
  /** Every variable that pgwarden reads. Holds IDENTITY_HEADER, a secret. */
  readonly environment: Readonly<Record<string, string>>;
  readonly fleet: Fleet;
  /** What the emulator knows; may be changed. */
  readonly state: AzureState;
  readonly emulator: Emulator;
  readonly azurite: Azurite;
  /** PEM of the authority of every certificate. */
  readonly ca: string;
  readonly servers: readonly LocalServer[];
  /** Restarts one PostgreSQL server; its applications connect again. */
  restart(serverId: string): Promise<void>;
  /** Ends everything and leaves nothing. May be called twice. */
  stop(): Promise<void>;
}

export interface LocalServer {
  /** Lower-case ARM id. */
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly fqdn: string;
  readonly major: number;
  /** `public endpoint`, `virtual network` or `private endpoint`. */
  readonly network: string;
  /** On 127.0.0.1. */
  readonly port: number;
  readonly administrator: Login;
  readonly postgres: PostgresServer;
  asSuperuser<T>(work: (client: pg.Client) => Promise<T>, database?: string): Promise<T>;
  asAdministrator<T>(work: (client: pg.Client) => Promise<T>, database?: string): Promise<T>;
}

/** @throws LocalAzureError when a part of it cannot run here; the other parts are stopped again */
export async function startLocalAzure(options: LocalAzureOptions): Promise<LocalAzure> {
  const { fleet, streams, certificateNames = [] } = options;
  const state = localState(fleet, streams, new Date());
  const fqdns = fleet.servers.map(({ arm }) => fqdnOf(arm.body.properties));
  const certificate = await makeCertificates([...fqdns, ...certificateNames]);
  const directory = keepDirectory("pgwarden-local-", null, { PATH: process.env["PATH"] ?? "/usr/bin:/bin" });
  await chmod(directory.path, 0o711); // the account of the servers passes through it to the templates
  const templates = join(directory.path, "templates");
  const servers = localServers(fleet, state, certificate, {
    templateDirectory: options.templateDirectory ?? templates,
    logDirectory: options.logDirectory,
  });

  const started: { azurite?: Azurite; emulator?: Emulator } = {};
  async function stop(): Promise<void> {
    await Promise.all([started.azurite?.stop(), started.emulator?.close(), servers.stop()]);
    await directory.remove();
  }
  try {
    await allOrNone(
      [
        async (signal) => {
          started.azurite = await startAzurite(certificate, signal);
        },
        async () => {
          started.emulator = await startEmulator({ state, postgres: servers.managed, certificate });
        },
        (signal) => servers.start(signal),
      ],
      options.signal,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  const { azurite, emulator } = started;
  if (azurite === undefined || emulator === undefined) throw new Error("A part of the local Azure is missing.");
  // Its address is known only now.
  if (fleet.credentials !== undefined) state.keyVaults.push(newKeyVault(fleet, emulator.url));
  await rm(templates, { recursive: true, force: true });
  const listed = fleet.servers.map((plan) => localServer(plan, servers));
  const environment = await makeEnvironment(
    fleet,
    {
      arm: emulator.url,
      ingestionRuleId: state.rule.immutableId,
      blob: azurite.blobEndpoint,
      queue: azurite.queueEndpoint,
      identityEndpoint: emulator.identityEndpoint,
      identityHeader: emulator.identityHeader,
      hosts: Object.fromEntries(fleet.servers.map((plan) => hostEntry(plan, servers))),
      ca: certificate.ca,
    },
    directory.path,
  );
  return {
    environment,
    fleet,
    state,
    emulator,
    azurite,
    ca: certificate.ca,
    servers: listed,
    restart: (serverId) => servers.managed.restart(serverId.toLowerCase()),
    stop,
  };
}

function localServer(plan: FleetServer, { running }: LocalServers): LocalServer {
  const { body } = plan.arm;
  const postgres = serverOf(plan, running);
  return {
    id: idOf(plan),
    name: body.name,
    resourceGroup: body.id.split("/")[4] ?? "",
    fqdn: fqdnOf(body.properties),
    major: majorOf(plan),
    network: networkOf(body.properties.network),
    port: postgres.port,
    administrator: postgres.administrator,
    postgres,
    asSuperuser: (work, database) => postgres.asSuperuser(work, database),
    asAdministrator: (work, database) => postgres.asAdministrator(work, database),
  };
}

function hostEntry(plan: FleetServer, { running }: LocalServers): [string, HostOverride] {
  const { port } = serverOf(plan, running);
  const connect = { "5432": `127.0.0.1:${port}` };
  return [fqdnOf(plan.arm.body.properties).toLowerCase(), { addresses: plan.addresses, connect }];
}

function serverOf(plan: FleetServer, running: ReadonlyMap<string, PostgresServer>): PostgresServer {
  const server = running.get(idOf(plan));
  if (server === undefined) throw new Error(`Server ${plan.arm.body.name} does not run.`);
  return server;
}

function fqdnOf({ fullyQualifiedDomainName }: ServerPropertiesBody): string {
  return fullyQualifiedDomainName;
}

function networkOf(network: ServerPropertiesBody["network"]): string {
  if (network.delegatedSubnetResourceId !== undefined) return "virtual network";
  return network.publicNetworkAccess === "Enabled" ? "public endpoint" : "private endpoint";
}

/**
 * Puts `local.env` (dotenv syntax), `pgwarden.yaml` and `ca.pem` into a directory for other processes.
 *
 * @returns the path of `local.env`; it holds IDENTITY_HEADER, so only its owner may read it
 */
export async function writeLocalEnvironment(
  directory: string,
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  await mkdir(directory, { recursive: true });
  const written: Record<string, string> = { ...environment };
  for (const [name, file] of [
    ["PGWARDEN_CONFIG", "pgwarden.yaml"],
    ["PGWARDEN_CA_FILE", "ca.pem"],
  ] as const) {
    const from = environment[name];
    if (from === undefined) continue;
    written[name] = resolve(directory, file);
    await copyFile(from, written[name]);
  }
  const path = join(directory, "local.env");
  await rm(path, { force: true }); // the mode holds for new files only
  await writeFile(path, Object.entries(written).map(dotenvLine).join(""), { mode: 0o600 });
  return path;
}

/** JSON has double quotes; dotenv takes everything between single ones as it is. */
function dotenvLine([name, value]: readonly [string, string]): string {
  if (value.includes("'") || value.includes("\n")) throw new Error(`The value of ${name} does not fit into local.env.`);
  return `${name}='${value}'\n`;
}
