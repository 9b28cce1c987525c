import type { RotationKey, SecretPair } from "../model/credential.ts";
import { ageLimit } from "./ageLimit.ts";
import type { StoredSecret } from "./ports.ts";
import { RotationError } from "./rotationError.ts";
import { publishedContent } from "./secretContent.ts";
import { isBeyond, keyOf, tag } from "./secretTags.ts";
import type { TickContext } from "./tickContext.ts";

/** How long a published version is said to be good after its next rotation is due; Key Vault enforces nothing. */
const GRACE_MS = 7 * 24 * 3600_000;
const READS = 5;
const BETWEEN_READS_MS = 1000;

export interface Publication {
  readonly key: RotationKey;
  readonly pair: SecretPair;
  /** Rotation id that was published before. */
  readonly from: string | null;
  /** Why an older rotation is published once more; null for a rotation. */
  readonly repair: string | null;
}

/**
 * Hands a value to consumers and reads back what they read, without a version. Between COMMIT and here there is one
 * login; these are two requests.
 *
 * @throws RotationError `SUPERSEDED` when a newer rotation is what consumers read
 */
export async function publish(context: TickContext, publication: Publication): Promise<StoredSecret> {
  const { credential, server, ports, signal } = context;
  const { key, pair, from, repair } = publication;
  const now = ports.now();
  await context.guard();
  await ports.secrets.write(
    credential.published,
    {
      ...publishedContent(pair, credential, server),
      tags: {
        [tag.generation]: String(key.generation),
        [tag.rotationId]: key.rotationId,
        [tag.user]: pair.user,
        [tag.credential]: credential.name,
        [tag.server]: server.name,
        [tag.rotatedAt]: now.toISOString(),
        ...(from !== null && { [tag.from]: from }),
        ...(repair !== null && { [tag.repair]: repair }),
      },
      expiresAt: new Date(ageLimit(credential, now.toISOString()).getTime() + GRACE_MS).toISOString(),
    },
    signal,
  );
  return readBack(context, key);
}

/** A replica of the vault may answer with the version before for a moment. */
async function readBack({ credential, ports, signal }: TickContext, key: RotationKey): Promise<StoredSecret> {
  for (let read = 1; ; read += 1) {
    const latest = await ports.secrets.readLatest(credential.published, signal);
    const found = latest.state === "present" ? keyOf(latest.secret) : null;
    if (latest.state === "present" && found?.rotationId === key.rotationId) return latest.secret;
    if (found !== null && isBeyond(found, key) && found.generation > key.generation) {
      const message = `Generation ${found.generation} was published over generation ${key.generation}.`;
      throw new RotationError(message, { code: "SUPERSEDED", effect: "applied" });
    }
    if (read === READS) {
      const message = `${credential.published.name} does not give back generation ${key.generation}, which was written.`;
      throw new RotationError(message, { code: "SECRET_UNREADABLE", effect: "unknown" });
    }
    await ports.wait(BETWEEN_READS_MS, signal);
  }
}
