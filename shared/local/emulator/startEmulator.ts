import type { AzureState } from "./azureState.ts";
import type { Faults } from "./faults.ts";
import type { ManagedPostgres } from "./managedPostgres.ts";
import type { RequestRecord } from "./requestRecord.ts";

export interface EmulatorOptions {
  readonly state: AzureState;
  readonly postgres: ManagedPostgres;
  /** PEM texts; the certificate must name 127.0.0.1. */
  readonly certificate: { readonly cert: string; readonly key: string };
  readonly now?: () => Date;
}

/** Managed identity, ARM, Resource Graph, Key Vault and Logs Ingestion on loopback. */
export interface Emulator {
  /** Endpoint of everything but the identity: `https://127.0.0.1:PORT`. */
  readonly url: string;
  /** For `IDENTITY_ENDPOINT`: plain http. */
  readonly identityEndpoint: string;
  /** For `IDENTITY_HEADER`; a secret. */
  readonly identityHeader: string;
  readonly faults: Faults;
  /** In order of arrival at the answer; never holds a body, a query or a token. */
  readonly requests: RequestRecord[];
  close(): Promise<void>;
}

export function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  return Promise.reject(new Error(`Not built yet for ${options.state.tenantId}.`));
}
