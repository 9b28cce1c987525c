import { randomBytes, randomInt } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { v7 as uuidv7 } from "uuid";
import { armClient, armReader } from "./azure/armReader.ts";
import { blobContainer } from "./azure/blobContainer.ts";
import { databaseToken } from "./azure/databaseToken.ts";
import { leaseStore } from "./azure/leaseStore.ts";
import type { MessageQueue } from "./azure/messageQueue.ts";
import { secretStore } from "./azure/secretStore.ts";
import { serverAdministration } from "./azure/serverAdministration.ts";
import { findCredentialServer } from "./inventory/credentialServers.ts";
import type { Config, Environment } from "./model/config.ts";
import { loginProbe } from "./postgres/loginProbe.ts";
import { rotatorDatabase } from "./postgres/rotatorDatabase.ts";
import type { RotationPorts, RotatorDatabase } from "./rotate/ports.ts";
import { readPublishedFacts } from "./rotate/publishedFacts.ts";
import { tryReplaced } from "./rotate/replacedSecret.ts";
import { tick } from "./rotate/tick.ts";
import { readKnownServer, writeKnownServer } from "./runs/rotationHints.ts";
import type { CredentialPorts } from "./runs/rotationPorts.ts";
import type { ScanPorts } from "./runs/scanPorts.ts";
import type { CredentialOf } from "./wiring.ts";

const rotationQueue = "rotate-credential";

/** What one credential may take of an invocation: a login that ARM makes work only after two minutes, and the rest. */
const tickBudgetMs = 4 * 60_000;

/** Past its budget a tick begins nothing; what it has begun may still end. */
const tickLimitMs = tickBudgetMs + 30_000;

/** How long discovery's answer serves for naming the servers of several credentials. */
const discoveryMs = 60_000;

export interface RotationParts {
  readonly environment: Environment;
  readonly credentialOf: CredentialOf;
  readonly ports: ScanPorts;
  readonly queue: MessageQueue;
}

/** What rotation needs: the ports of its runs, and those of the protocol for what is done beside a tick. */
export interface RotationWiring extends CredentialPorts {
  readonly rotation: RotationPorts;
  /** Signed in as another role than the rotator's: for what an administrator sets up. */
  readonly databaseAs: (role: string) => RotatorDatabase;
}

/** Servers are found as for scans; everything that changes a password is the rotator's. */
export function rotationWiring({ environment, credentialOf, ports, queue }: RotationParts): RotationWiring {
  const { armEndpoint } = environment;
  const { config, store, audit, sink } = ports;
  const arm = armReader(armClient(armEndpoint, credentialOf(environment)), armEndpoint);
  const discover = servedFor(discoveryMs, (signal) => ports.discover(undefined, signal));
  const rotation = rotationPorts(environment, config, credentialOf);
  const memory = {
    read: readKnownServer.bind(undefined, store),
    write: writeKnownServer.bind(undefined, store),
  };
  return {
    config,
    store,
    audit,
    sink,
    now: () => ports.now(),
    rotation,
    databaseAs: (role) =>
      rotatorDatabase({ role, password: databaseToken(credentialOf(environment)), hosts: environment.hosts }),
    tick: (request, journal, signal) =>
      tick(
        { budgetMs: tickBudgetMs, ...request },
        rotation,
        journal,
        AbortSignal.any([signal, AbortSignal.timeout(tickLimitMs)]),
      ),
    tryReplaced: (credential, server, signal) => tryReplaced(credential, server, rotation, signal),
    facts: (credential, signal) => readPublishedFacts(credential, rotation, signal),
    findServer: (credential, fresh, signal) =>
      findCredentialServer(credential, fresh, { arm, memory, discover }, signal),
    dispatch: (message, delaySeconds, signal) => queue.send(rotationQueue, message, { delaySeconds }, signal),
  };
}

/** The scanner's identity has no right to any secret, and only the third one may write servers. */
function rotationPorts(environment: Environment, config: Config, credentialOf: CredentialOf): RotationPorts {
  const { armEndpoint, blobEndpoint, hosts, rotatorClientId, adminRotatorClientId } = environment;
  const scanner = credentialOf(environment);
  const rotator = credentialOf({ ...environment, managedIdentityClientId: rotatorClientId });
  const adminRotator = credentialOf({ ...environment, managedIdentityClientId: adminRotatorClientId });
  const adminReader = armReader(armClient(armEndpoint, adminRotator), armEndpoint);
  return {
    secrets: secretStore(rotator, { monotonicMs }),
    database: rotatorDatabase({ role: config.postgres.rotatorRole, password: databaseToken(rotator), hosts }),
    logins: loginProbe({ hosts }),
    administration: serverAdministration(adminRotator, { endpoint: armEndpoint, reader: adminReader }),
    leases: leaseStore(blobContainer(blobEndpoint, scanner, config.publish.state.container)),
    now: () => new Date(),
    monotonicMs,
    wait: (ms, signal) => setTimeout(ms, undefined, { signal }),
    newRotationId: () => uuidv7(),
    randomInt: (limit) => randomInt(limit),
    randomBytes: (size) => randomBytes(size),
  };
}

function monotonicMs(): number {
  return performance.now();
}

/** Many credentials ask for the same answer at once; one that failed is asked for again. */
function servedFor<T>(
  longestMs: number,
  ask: (signal: AbortSignal) => Promise<T>,
): (signal: AbortSignal) => Promise<T> {
  let served: { readonly answer: Promise<T>; readonly at: number } | undefined;
  return async (signal) => {
    if (served === undefined || monotonicMs() - served.at > longestMs)
      served = { answer: ask(signal), at: monotonicMs() };
    try {
      return await served.answer;
    } catch (error) {
      served = undefined;
      throw error;
    }
  };
}
