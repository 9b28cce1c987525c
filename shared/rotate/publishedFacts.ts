import type { Credential } from "../model/credential.ts";
import type { RotationPorts } from "./ports.ts";
import type { PublishedFacts, TickReport } from "./tickReport.ts";

/** What Key Vault says of a credential; no value. */
export interface CredentialFacts {
  readonly secret: "present" | "absent" | "deleted" | "recovering" | "disabled";
  /** Null unless the secret is `present`. */
  readonly published: PublishedFacts | null;
  readonly intent: TickReport["intent"];
}

/** @throws RotationError when the vault does not answer */
export function readPublishedFacts(
  credential: Credential,
  { secrets }: Pick<RotationPorts, "secrets">,
  signal: AbortSignal,
): Promise<CredentialFacts> {
  return Promise.reject(new Error(`Not written: ${credential.name} ${typeof secrets} ${typeof signal}`));
}
