import type { Credential } from "../model/credential.ts";

/** When a published version is as old as its credential allows; from then on a tick that may rotate does. */
export function ageLimit({ maxAgeMs }: Pick<Credential, "maxAgeMs">, createdAt: string): Date {
  return new Date(Date.parse(createdAt) + maxAgeMs);
}
