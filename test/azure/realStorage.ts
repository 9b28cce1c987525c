import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, connect, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TokenCredential } from "@azure/core-auth";
import { credential } from "../../shared/azure/credential.ts";
import { trustCertificates } from "../../shared/azure/trustCertificates.ts";
import { startAzurite } from "../../shared/local/azurite.ts";
import { makeCertificates } from "../../shared/local/certificates.ts";
import type { AzureState } from "../../shared/local/emulator/azureState.ts";
import type { Faults } from "../../shared/local/emulator/faults.ts";
import { newAzureState } from "../../shared/local/emulator/newAzureState.ts";
import { startEmulator } from "../../shared/local/emulator/startEmulator.ts";
import { subscriptionId, tenantId } from "../builders.ts";
import { type FakeManagedPostgres, fakeManagedPostgres } from "../local/emulator/fakeManagedPostgres.ts";

/** Azurite and the emulator as the adapters meet them: over https, by token, with the certificates trusted. */
export interface RealStorage {
  readonly blobEndpoint: string;
  readonly queueEndpoint: string;
  readonly emulatorUrl: string;
  readonly identity: TokenCredential;
  readonly state: AzureState;
  readonly postgres: FakeManagedPostgres;
  readonly faults: Faults;
  stop(): Promise<void>;
}

export async function startRealStorage(): Promise<RealStorage> {
  const certificate = await makeCertificates([]);
  const directory = await mkdtemp(join(tmpdir(), "pgwarden-azure-"));
  const caFile = join(directory, "ca.pem");
  await writeFile(caFile, certificate.ca);
  trustCertificates(caFile);

  // Its own client id: the identity library caches tokens per process and client id.
  const identity = { clientId: randomUUID(), objectId: randomUUID(), name: "pgwarden-reader" };
  const state = newAzureState({
    tenantId,
    subscriptions: [{ subscriptionId, displayName: "shop", managementGroups: [] }],
    identities: [identity],
    streams: { "Custom-Orders_CL": { RowId: "string", TimeGenerated: "datetime", Count: "int" } },
  });
  const postgres = fakeManagedPostgres();
  const [azurite, emulator] = await Promise.all([
    startAzurite(certificate),
    startEmulator({ state, postgres, certificate }),
  ]);
  process.env["IDENTITY_ENDPOINT"] = emulator.identityEndpoint;
  process.env["IDENTITY_HEADER"] = emulator.identityHeader;

  return {
    blobEndpoint: azurite.blobEndpoint,
    queueEndpoint: azurite.queueEndpoint,
    emulatorUrl: emulator.url,
    identity: credential({ identity: "managed", managedIdentityClientId: identity.clientId }),
    state,
    postgres,
    faults: emulator.faults,
    async stop() {
      delete process.env["IDENTITY_ENDPOINT"];
      delete process.env["IDENTITY_HEADER"];
      await Promise.all([azurite.stop(), emulator.close(), rm(directory, { recursive: true })]);
    },
  };
}

export interface LosingProxy {
  /** The endpoint behind it, by way of the proxy. */
  readonly endpoint: string;
  /** The next answer on a connection that is already up gets lost; the request arrived. */
  loseNextAnswer(): void;
  close(): Promise<void>;
}

/** Passes TLS through unread, and can lose one answer. */
export async function losingProxy(endpoint: string): Promise<LosingProxy> {
  const target = new URL(endpoint);
  const sockets = new Set<Socket>();
  let losing = false;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
    }
    client.pipe(upstream);
    upstream.on("data", (bytes) => {
      if (losing) {
        losing = false;
        client.destroy();
        upstream.destroy();
      } else client.write(bytes);
    });
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // a listening TCP server has a port
  return {
    endpoint: endpoint.replace(`:${target.port}`, `:${port}`),
    loseNextAnswer() {
      losing = true;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
}

/** An https address where nobody listens. */
export async function deadEndpoint(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // a listening TCP server has a port
  await new Promise((resolve) => server.close(resolve));
  return `https://127.0.0.1:${port}/account`;
}
