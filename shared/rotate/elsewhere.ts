import type { Credential, Intent, SecretRef } from "../model/credential.ts";
import type { Observation } from "./observation.ts";
import { RotationError } from "./rotationError.ts";
import { tag } from "./secretTags.ts";

/** An open intent whose value belongs to another server, or another published secret, than the credential now has. */
export interface Elsewhere {
  readonly intent: Intent;
  /** Where it was begun: a server or the address of a secret. */
  readonly begun: string;
  /** What pgwarden.yaml says instead. */
  readonly configured: string;
}

/** Key Vault compares names without case. */
export function addressOf({ vault, name }: SecretRef): string {
  return `${vault}/secrets/${name}`.toLowerCase();
}

/**
 * The newest open intent that must be applied neither here nor published here; null when there is none. Where its value
 * does not name the server, the tag of what is published does.
 */
export function findElsewhere({ intents, published }: Observation, credential: Credential): Elsewhere | null {
  const address = addressOf(credential.published);
  for (const intent of intents) {
    const server = intent.server ?? published?.tags[tag.server] ?? credential.server;
    if (server.toLowerCase() !== credential.server.toLowerCase())
      return { intent, begun: `server ${server}`, configured: `server ${credential.server}` };
    if (intent.secret !== null && intent.secret !== address)
      return { intent, begun: `secret ${intent.secret}`, configured: `secret ${address}` };
  }
  return null;
}

/** Nothing is applied while this lasts: consumers and database may both stand elsewhere. */
export function elsewhereError({ intent, begun, configured }: Elsewhere, { name, pending }: Credential): RotationError {
  const message =
    `The open rotation of generation ${intent.generation} was begun for ${begun}; pgwarden.yaml names ${configured}. ` +
    `Nothing was applied. Its value is version ${intent.pendingVersion} of ${pending.name}.`;
  const remedy = `Set ${name} in pgwarden.yaml back to ${begun}, run pgwarden recover, and change it then.`;
  return new RotationError(message, { code: "CREDENTIAL_CHANGED", effect: "none", remedy });
}
