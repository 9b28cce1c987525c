import type { SecretRef } from "../model/credential.ts";
import type { SecretFacts } from "./ports.ts";
import { RotationError } from "./rotationError.ts";
import { keyOf, tag } from "./secretTags.ts";
import type { TickContext } from "./tickContext.ts";

/** Generations that stay readable; the published one and the one before it are always among them. */
const KEPT_GENERATIONS = 5;

/**
 * Versions to disable: of ours, closed, and older than the generations that are kept. Never the newest: a read without
 * a version would fail and not fall back.
 */
function outdated(versions: readonly SecretFacts[], publishedGeneration: number): readonly SecretFacts[] {
  const newest = Math.max(...versions.map(({ createdAt }) => Date.parse(createdAt)));
  return versions.filter((facts) => {
    const key = keyOf(facts);
    const isOld = key !== null && key.generation <= publishedGeneration - KEPT_GENERATIONS;
    return isOld && facts.enabled && facts.tags[tag.state] !== "open" && Date.parse(facts.createdAt) < newest;
  });
}

/** Disables old versions of both secrets. What fails is done the next time. */
export async function housekeeping(context: TickContext, publishedGeneration: number): Promise<void> {
  const { credential, log } = context;
  try {
    const old = await oldVersions(context, publishedGeneration);
    if (old.length === 0) return;
    await log.take({ step: "housekeeping", key: null, role: null }, async () => {
      for (const { secret, facts } of old) {
        await context.guard();
        const change = { tags: facts.tags, enabled: false };
        await context.ports.secrets.update(secret, facts.version, change, context.signal);
      }
      const message = `${old.length} old versions of ${credential.published.name} and its pending secret are disabled.`;
      return { value: undefined, message };
    });
  } catch (error) {
    if (!(error instanceof RotationError)) throw error;
  }
}

async function oldVersions({ credential, ports, signal }: TickContext, publishedGeneration: number) {
  const old: { readonly secret: SecretRef; readonly facts: SecretFacts }[] = [];
  for (const secret of [credential.published, credential.pending]) {
    const versions = await ports.secrets.versions(secret, signal);
    for (const facts of outdated(versions, publishedGeneration)) old.push({ secret, facts });
  }
  return old;
}
