import type { Credential } from "../model/credential.ts";
import { observe } from "./observe.ts";
import type { LatestSecret, RotationPorts } from "./ports.ts";
import { intentFacts, publishedFacts } from "./progress.ts";
import type { PublishedFacts, TickReport } from "./tickReport.ts";

/** What Key Vault says of a credential; no value. */
export interface CredentialFacts {
  readonly secret: LatestSecret["state"];
  /** Null unless the secret is `present`. */
  readonly published: PublishedFacts | null;
  /** The newest that is open. */
  readonly intent: TickReport["intent"];
}

/** @throws RotationError when the vault does not answer */
export async function readPublishedFacts(
  credential: Credential,
  { secrets }: Pick<RotationPorts, "secrets">,
  signal: AbortSignal,
): Promise<CredentialFacts> {
  const { secret, published, intents } = await observe(credential, null, secrets, null, signal);
  return {
    secret,
    published: published === null ? null : publishedFacts(published),
    intent: intentFacts(intents[0] ?? null),
  };
}
