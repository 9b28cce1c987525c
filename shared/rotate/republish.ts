import type { SecretPair } from "../model/credential.ts";
import type { PublishedVersion, StoredVersion } from "./observation.ts";
import { publish } from "./publish.ts";
import { RotationError } from "./rotationError.ts";
import { parsePending, parsePublished } from "./secretContent.ts";
import { keyOf, sameKey, tag } from "./secretTags.ts";
import { login, type TickContext } from "./tickContext.ts";

/**
 * Publishes a stored value once more, under its own generation and rotation id, when it is what the server accepts.
 *
 * @returns false when that value does not log in either; nothing was written
 * @throws RotationError `DATABASE_UNREACHABLE` when the login taught nothing
 */
export function republish(
  context: TickContext,
  source: StoredVersion,
  published: PublishedVersion | null,
): Promise<boolean> {
  return context.log.take({ step: "repair", key: source, role: null }, async () => {
    const pair = await readPair(context, source);
    const outcome = pair === null ? null : await login(context, pair);
    if (outcome?.state === "unanswered") {
      const message = `Nobody knows whether generation ${source.generation} logs in: ${outcome.detail}`;
      throw new RotationError(message, { code: "DATABASE_UNREACHABLE", effect: "none" });
    }
    if (pair === null || outcome?.state !== "accepted") {
      const message = `Generation ${source.generation}, which the ledger or the vault names, does not log in.`;
      return { value: false, message, outcome: "skipped", secretVersion: source.version };
    }
    const repair = published?.key?.rotationId ?? published?.version ?? "absent";
    const key = { generation: source.generation, rotationId: source.rotationId };
    const { version } = await publish(context, { key, pair, from: published?.key?.rotationId ?? null, repair });
    return { value: true, message: `Generation ${source.generation} is published again.`, secretVersion: version };
  });
}

async function readPair({ credential, ports, signal }: TickContext, source: StoredVersion): Promise<SecretPair | null> {
  if (source.secret === "pending") {
    const parsed = parsePending((await ports.secrets.readVersion(credential.pending, source.version, signal)).value);
    return parsed !== null && sameKey(parsed.intent, source) ? parsed.pair : null;
  }
  const stored = await ports.secrets.readVersion(credential.published, source.version, signal);
  const key = keyOf(stored);
  if (key === null || !sameKey(key, source)) return null;
  return parsePublished(stored.value, stored.tags[tag.user] ?? null);
}
