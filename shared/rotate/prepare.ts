import type { Intent, SecretPair } from "../model/credential.ts";
import { addressOf } from "./elsewhere.ts";
import type { Observed } from "./observe.ts";
import { pendingTags } from "./pendingTags.ts";
import { RotationError } from "./rotationError.ts";
import { parsePending, pendingContent, pendingContentType, type PendingIntent } from "./secretContent.ts";
import type { TickContext } from "./tickContext.ts";

/** An intent with the value that the vault gave back. */
export interface OpenIntent {
  readonly intent: Intent;
  readonly pair: SecretPair;
}

/**
 * Opens an intent: the next value is stored and read back by version before PostgreSQL learns it.
 *
 * @param pair the value to store, which may be one that is published already (a restored database)
 */
export async function prepare(
  context: TickContext,
  { published, highest }: Observed,
  pair: SecretPair,
): Promise<OpenIntent> {
  const { credential, ports, signal, guard, log } = context;
  const draft: PendingIntent = {
    credential: credential.name,
    strategy: credential.strategy,
    generation: highest + 1,
    rotationId: ports.newRotationId(),
    role: pair.user,
    server: credential.server,
    secret: addressOf(credential.published),
    base: published === null ? null : { rotationId: published.key?.rotationId ?? null, version: published.version },
    createdAt: ports.now().toISOString(),
  };
  return log.take({ step: "prepare", key: draft, role: pair.user }, async () => {
    await guard();
    const content = {
      value: pendingContent(draft, pair.password),
      contentType: pendingContentType,
      tags: pendingTags(draft, "open", { credential: credential.name, operation: null, attempts: 0 }),
      expiresAt: null,
    };
    const { version } = await ports.secrets.write(credential.pending, content, signal);
    const stored = await ports.secrets.readVersion(credential.pending, version, signal);
    const parsed = parsePending(stored.value);
    if (parsed === null || stored.value.reveal() !== content.value.reveal()) {
      const message = `Version ${version} of ${credential.pending.name} is not what was written to it.`;
      throw new RotationError(message, { code: "SECRET_UNREADABLE", effect: "applied" });
    }
    const intent: Intent = { ...parsed.intent, pendingVersion: version, twins: [], operation: null };
    return {
      value: { intent, pair: parsed.pair },
      message: `The next password of role ${pair.user} is stored as generation ${draft.generation}.`,
      secretVersion: version,
    };
  });
}
