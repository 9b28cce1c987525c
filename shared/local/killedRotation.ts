import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { BlobServiceClient } from "@azure/storage-blob";
import { ManagedIdentityCredential } from "@azure/identity";
import type { LocalAzure } from "./startLocalAzure.ts";

const patienceMs = 30_000;

/**
 * Runs `pgwarden rotate` in a process of its own and kills it (SIGKILL) at the moment in which PostgreSQL has the new
 * password and Key Vault does not publish it yet.
 *
 * @param command the words that start pgwarden: program and arguments
 * @param secret the published secret, whose write the vault keeps waiting
 * @returns the signal that ended it
 */
export async function killedRotation(
  { environment, emulator }: Pick<LocalAzure, "environment" | "emulator">,
  command: readonly string[],
  { credential, secret }: { readonly credential: string; readonly secret: string },
): Promise<NodeJS.Signals | null> {
  const path = new RegExp(`/secrets/${secret}$`, "i");
  const release = emulator.faults.add({ method: "PUT", path, action: { kind: "stall" } });
  const [program = "", ...words] = command;
  const env = { PATH: process.env["PATH"], ...environment };
  const child = spawn(program, [...words, "rotate", credential], { env, stdio: "ignore" });
  const ended = once(child, "exit");
  try {
    const seen = emulator.requests.length;
    await until(
      () => emulator.requests.slice(seen).some(({ method, path: asked }) => method === "PUT" && path.test(asked)),
      child,
    );
    child.kill("SIGKILL");
    await ended;
    return child.signalCode;
  } finally {
    child.kill("SIGKILL");
    release();
  }
}

async function until(isReached: () => boolean, child: ChildProcess): Promise<void> {
  const endsAt = Date.now() + patienceMs;
  while (!isReached()) {
    if (child.exitCode !== null) throw new Error(`pgwarden rotate ended with ${child.exitCode} before it was killed.`);
    if (Date.now() > endsAt) throw new Error("pgwarden rotate did not come to publish in time.");
    await setTimeout(5);
  }
}

/** Ends the lease of a worker that died: it would end by itself within a minute, for which nobody wants to wait. */
export async function breakLease({ environment }: Pick<LocalAzure, "environment">, credential: string): Promise<void> {
  const identity = new ManagedIdentityCredential({ clientId: environment["AZURE_CLIENT_ID"] ?? "" });
  const service = new BlobServiceClient(environment["AzureWebJobsStorage__blobServiceUri"] ?? "", identity);
  const blob = service.getContainerClient("state").getBlobClient(`locks/${credential}`);
  await blob.getBlobLeaseClient().breakLease(0);
}
