import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { SecretValue } from "../model/secretValue.ts";
import type { Certificates } from "./certificates.ts";
import { keepDirectory } from "./dieWithParent.ts";
import { LocalAzureError } from "./localAzureError.ts";

/** Blob and Queue storage over https that takes Entra tokens, in memory. */
export interface Azurite {
  readonly account: string;
  /** Shared key, for tests that need a second way in. */
  readonly key: SecretValue;
  /** `https://127.0.0.1:PORT/<account>` */
  readonly blobEndpoint: string;
  readonly queueEndpoint: string;
  stop(): Promise<void>;
}

const ACCOUNT = "pgwardenlocal";
const START_TIMEOUT_MS = 60_000;
const BLOB = /Blob service is successfully listening at (\S+)/;
const QUEUE = /Queue service is successfully listening at (\S+)/;

/** @throws LocalAzureError when it is not installed or does not start */
export async function startAzurite(certificate: Certificates, signal?: AbortSignal): Promise<Azurite> {
  const program = azuriteProgram();
  const key = new SecretValue(randomBytes(64).toString("base64"));
  const directory = keepDirectory("pgwarden-azurite-", null, {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    AZURITE_ACCOUNTS: `${ACCOUNT}:${key.reveal()}`,
  });
  try {
    const [cert, privateKey] = [join(directory.path, "cert.pem"), join(directory.path, "key.pem")];
    await writeFile(cert, certificate.cert);
    await writeFile(privateKey, certificate.key, { mode: 0o600 });
    const ports = ["--blobPort", "0", "--queuePort", "0", "--tablePort", "0"];
    const modes = ["--silent", "--disableTelemetry", "--inMemoryPersistence", "--oauth", "basic"];
    const child = await directory.start(
      {
        name: "Azurite",
        command: [...[process.execPath, program, ...modes, ...ports], ...["--cert", cert, "--key", privateKey]],
        stopSignal: "TERM",
        timeoutMs: START_TIMEOUT_MS,
        isReady: (output) => BLOB.test(output) && QUEUE.test(output),
      },
      signal,
    );
    return {
      account: ACCOUNT,
      key,
      blobEndpoint: endpoint(BLOB, child.output()),
      queueEndpoint: endpoint(QUEUE, child.output()),
      stop: () => directory.remove(),
    };
  } catch (error) {
    await directory.remove();
    throw error;
  }
}

function azuriteProgram(): string {
  try {
    const { resolve } = createRequire(import.meta.url);
    return join(dirname(resolve("azurite/package.json")), "dist", "src", "azurite.js");
  } catch (cause) {
    throw new LocalAzureError(`Azurite is not installed: run "npm ci" without --omit=dev.`, { cause });
  }
}

function endpoint(line: RegExp, output: string): string {
  return `${line.exec(output)?.[1] ?? ""}/${ACCOUNT}`;
}
