import type { IntentEnd, RotationKey } from "../model/credential.ts";
import type { SecretFacts } from "./ports.ts";

/** Names of the tags of both secrets; each value stays below 256 characters. */
export const tag = {
  generation: "pgwarden-gen",
  rotationId: "pgwarden-rid",
  user: "pgwarden-user",
  credential: "pgwarden-target",
  from: "pgwarden-from",
  repair: "pgwarden-repair",
  server: "pgwarden-server",
  rotatedAt: "pgwarden-rotated-at",
  state: "pgwarden-state",
  operation: "pgwarden-arm-op",
  attempts: "pgwarden-attempts",
} as const;

export type PendingState = "open" | IntentEnd;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Null for a version that pgwarden did not write, or whose tags somebody broke. */
export function keyOf({ tags }: Pick<SecretFacts, "tags">): RotationKey | null {
  const generation = Number(tags[tag.generation]);
  const rotationId = tags[tag.rotationId];
  if (rotationId === undefined || !UUID.test(rotationId)) return null;
  return Number.isSafeInteger(generation) && generation > 0 ? { generation, rotationId } : null;
}

export function sameKey(one: RotationKey, other: RotationKey): boolean {
  return one.generation === other.generation && one.rotationId === other.rotationId;
}

/** Whether `one` fences `other` off: it is newer, or it has the same generation under another rotation id. */
export function isBeyond(one: RotationKey, other: RotationKey): boolean {
  if (one.generation !== other.generation) return one.generation > other.generation;
  return one.rotationId !== other.rotationId;
}
