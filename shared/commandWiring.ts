import { credential } from "./azure/credential.ts";
import type { Environment } from "./model/config.ts";
import { wireProcess, type Wiring } from "./wiring.ts";

/**
 * As `wireProcess`, for commands: without a managed identity they act as whoever signed in on this machine. A file of
 * its own, because the deployed app loads all of wiring.ts and has no use for developers' credentials.
 */
export async function wireForCommand(environment: Environment, signal: AbortSignal): Promise<Wiring> {
  return await wireProcess(environment, signal, credential);
}
