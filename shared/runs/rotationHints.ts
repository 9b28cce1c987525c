import * as v from "valibot";
import type { CredentialServer } from "../model/credential.ts";
import type { StateStore } from "../publish/stateStore.ts";
import { readHint, writeHint } from "./stateHint.ts";

// The server of a credential, as it was last found.

const Server = v.object({ id: v.string(), name: v.string(), host: v.string(), administratorLogin: v.string() });

function serverName(credential: string): string {
  return `credentials/${credential}/server.json`;
}

export function readKnownServer(
  store: StateStore,
  credential: string,
  signal: AbortSignal,
): Promise<CredentialServer | undefined> {
  return readHint(store, serverName(credential), Server, signal);
}

export async function writeKnownServer(
  store: StateStore,
  credential: string,
  server: CredentialServer,
  signal: AbortSignal,
): Promise<void> {
  await writeHint(store, serverName(credential), server, signal);
}

// What the last run of each timer found.

const Instant = v.pipe(v.string(), v.isoTimestamp());

const LastRecover = v.object({
  finishedAt: Instant,
  /** When each credential's last tick ended, by name. */
  checked: v.record(v.string(), Instant),
});
export type LastRecover = v.InferOutput<typeof LastRecover>;

/** Counts of credentials. */
const LastStart = v.object({ finishedAt: Instant, begun: v.number(), waiting: v.number(), unread: v.number() });
type LastStart = v.InferOutput<typeof LastStart>;

const lastRecoverName = "rotations/recover.json";
const lastStartName = "rotations/start.json";

export function readLastRecover(store: StateStore, signal: AbortSignal): Promise<LastRecover | undefined> {
  return readHint(store, lastRecoverName, LastRecover, signal);
}

export async function writeLastRecover(store: StateStore, last: LastRecover, signal: AbortSignal): Promise<void> {
  await writeHint(store, lastRecoverName, last, signal);
}

export function readLastStart(store: StateStore, signal: AbortSignal): Promise<LastStart | undefined> {
  return readHint(store, lastStartName, LastStart, signal);
}

export async function writeLastStart(store: StateStore, last: LastStart, signal: AbortSignal): Promise<void> {
  await writeHint(store, lastStartName, last, signal);
}
