import { randomBytes, randomUUID } from "node:crypto";
import { armClient, armReader } from "./azure/armReader.ts";
import { appendStore } from "./azure/appendStore.ts";
import { blobContainer } from "./azure/blobContainer.ts";
import { type IdentityFacts, managedCredential } from "./azure/managedCredential.ts";
import { databaseToken } from "./azure/databaseToken.ts";
import { ingestionClient, logAnalyticsSink } from "./azure/logAnalyticsSink.ts";
import { logReader, logScope } from "./azure/logReader.ts";
import { type MessageQueue, messageQueue } from "./azure/messageQueue.ts";
import { queueService } from "./azure/queueService.ts";
import { resourceGraph } from "./azure/resourceGraph.ts";
import { serverList } from "./azure/serverList.ts";
import { stateStore } from "./azure/stateStore.ts";
import { trustCertificates } from "./azure/trustCertificates.ts";
import { collectPosture } from "./collect/collectPosture.ts";
import { ConfigError } from "./config/configError.ts";
import { readEnvironment } from "./config/environment.ts";
import { readConfigFile } from "./config/loadConfig.ts";
import type { Standalone } from "./config/standalone.ts";
import { catalogue } from "./controls/catalogue.ts";
import { canariesOf } from "./controls/rls/canariesOf.ts";
import { discoverServers } from "./inventory/discoverServers.ts";
import type { Config, Environment } from "./model/config.ts";
import type { ServerRef } from "./model/server.ts";
import { catalogPort } from "./postgres/catalogPort.ts";
import { prober } from "./postgres/prober.ts";
import type { RotationParts, RotationWiring } from "./rotationWiring.ts";
import { managedCredentials } from "./runs/managedCredentials.ts";
import type { ScanPorts } from "./runs/scanPorts.ts";
import type { PostgresScanPorts } from "./runs/scanPostgres.ts";

/** Set by the bundler from package.json. */
declare const PGWARDEN_VERSION: string | undefined;

/** The invocation's own deadline: the host kills the worker, with its neighbours, at `functionTimeout` (10 min). */
const invocationLimitMs = 9.5 * 60_000;

/** What one server may take before its remaining sections are given up, so that there is time to publish the rest. */
const collectLimitMs = 5 * 60_000;

export const scanQueue = "scan-server";

export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Everything a run needs, built from the configuration; the same for functions and CLI. */
export interface Wiring {
  readonly environment: Environment;
  readonly ports: ScanPorts;
  /** Made at the first call: scans need none of it, nor the identities that it signs in with. */
  readonly rotation: () => Promise<RotationWiring>;
  readonly queue: MessageQueue;
  readonly signal: AbortSignal;
  readonly versions: { readonly node: string; readonly version: string };
  readonly randomId: () => string;
}

/** What a shell gives of an invocation: where its lines go. */
export interface InvocationLogger {
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}

export interface InvocationWiring extends Wiring {
  readonly log: Log;
}

/** Clients are kept between invocations: connections and tokens are dear. */
const wired = new Map<string, Promise<Omit<Wiring, "signal">>>();

/**
 * The ports of one function invocation, with a signal that ends before the host's own limit.
 *
 * @throws ConfigError with every fault of environment and configuration file
 */
export async function wireInvocation(context: InvocationLogger): Promise<InvocationWiring> {
  const signal = AbortSignal.timeout(invocationLimitMs);
  const wiring = await wireProcess(readEnvironment(), signal);
  return { ...wiring, log: jsonLog(context) };
}

export type TriedWiring = { readonly ok: true; readonly value: InvocationWiring } | { readonly ok: false };

/** As `wireInvocation`, for the one function that must answer also when the configuration is faulty. */
export async function tryWireInvocation(context: InvocationLogger): Promise<TriedWiring> {
  try {
    return { ok: true, value: await wireInvocation(context) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    jsonLog(context).error("configuration is faulty", { source: error.source, faults: error.faults });
    return { ok: false };
  }
}

/** How a process signs in; commands also know developers' identities. */
export type CredentialOf = (environment: IdentityFacts) => ReturnType<typeof managedCredential>;

/** The ports of a process, built once per environment. @throws ConfigError */
export async function wireProcess(
  environment: Environment,
  signal: AbortSignal,
  credentialOf: CredentialOf = managedCredential,
): Promise<Wiring> {
  const key = JSON.stringify(environment);
  const known = wired.get(key);
  const made = known ?? build(environment, signal, credentialOf);
  if (known === undefined) wired.set(key, made);
  try {
    return { ...(await made), signal };
  } catch (error) {
    // A fault that was mended must not be remembered.
    wired.delete(key);
    throw error;
  }
}

async function build(
  environment: Environment,
  signal: AbortSignal,
  credentialOf: CredentialOf,
): Promise<Omit<Wiring, "signal">> {
  trustCertificates(environment.caFile);
  const config = await readConfigFile(environment.configPath, signal);
  const identity = credentialOf(environment);
  const queue = messageQueue(queueService(environment.queueEndpoint, identity));
  const ports = scanPorts(environment, config, identity, queue);
  let rotation: Promise<RotationWiring> | undefined;
  return {
    environment,
    ports,
    rotation: () => (rotation ??= wireRotation({ environment, credentialOf, ports, queue })),
    queue,
    versions: { node: process.version, version: typeof PGWARDEN_VERSION === "string" ? PGWARDEN_VERSION : "source" },
    randomId: randomUUID,
  };
}

async function wireRotation(parts: RotationParts): Promise<RotationWiring> {
  const { rotationWiring } = await import("./rotationWiring.ts");
  return rotationWiring(parts);
}

/** The catalogs of a single PostgreSQL server, without Azure. */
export function wirePostgres({ connection, config, rootCertificates }: Standalone): PostgresScanPorts {
  for (const file of rootCertificates) trustCertificates(file);
  const { host, address, password } = connection;
  const hosts = address === null ? {} : { [host.toLowerCase()]: { addresses: [address], connect: {} } };
  return {
    config,
    controls: catalogue,
    catalog: catalogPort({ hosts, password: () => Promise.resolve(password) }),
    now: () => new Date(),
  };
}

function scanPorts(
  environment: Environment,
  config: Config,
  identity: ReturnType<CredentialOf>,
  queue: MessageQueue,
): ScanPorts {
  const { blobEndpoint, armEndpoint, logsEndpoint, hosts } = environment;
  const client = armClient(armEndpoint, identity);
  const arm = armReader(client, armEndpoint);
  const graph = resourceGraph(client, armEndpoint);
  const servers = serverList(armEndpoint, identity);
  const token = databaseToken(identity);
  const { audit, state } = config.publish;
  const logAnalytics = environment.logAnalytics ?? config.publish.logAnalytics;
  const store = stateStore(blobContainer(blobEndpoint, identity, state.container), randomUUID);
  const posturePorts = {
    arm,
    resourceGraph: graph,
    logs: logReader(armClient(logsEndpoint, identity, { scopes: logScope(logsEndpoint) }), logsEndpoint),
    catalog: catalogPort({ hosts, password: token }),
    prober: prober({ hosts, randomBytes }),
    credentials: {
      read: (server: ServerRef, signal: AbortSignal) => managedCredentials(server, config.credentials, store, signal),
    },
  };
  return {
    config,
    controls: catalogue,
    store,
    audit: appendStore(blobContainer(blobEndpoint, identity, audit.container)),
    sink:
      logAnalytics === null
        ? null
        : logAnalyticsSink(ingestionClient(logAnalytics.endpoint, identity), logAnalytics.ruleId),
    discover: (previous, signal) =>
      discoverServers(config.scope, { serverList: servers, resourceGraph: graph }, previous, signal),
    collect: (server, takenAt, signal) =>
      collectPosture(
        {
          server,
          takenAt,
          postgres: config.postgres,
          excludedDatabases: config.databases.exclude,
          sensitiveColumns: config.policy.privileges.sensitiveColumns,
          loginDays: config.policy.roles.unusedDays,
          canaries: canariesOf(config.policy, server.name),
        },
        posturePorts,
        AbortSignal.any([signal, AbortSignal.timeout(collectLimitMs)]),
      ),
    dispatch: (message, delaySeconds, signal) => queue.send(scanQueue, message, { delaySeconds }, signal),
    now: () => new Date(),
  };
}

/** One JSON line per record: a static message, so that lines group, and its fields. */
function jsonLog(context: InvocationLogger): Log {
  function line(message: string, fields: Readonly<Record<string, unknown>> = {}): string {
    return JSON.stringify({ message, ...fields });
  }
  return {
    info(message, fields) {
      context.info(line(message, fields));
    },
    warn(message, fields) {
      context.warn(line(message, fields));
    },
    error(message, fields) {
      context.error(line(message, fields));
    },
  };
}
