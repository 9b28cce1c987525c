import type { PublishedEvidence, SeenCredential } from "../model/credentialEvidence.ts";
import type { PublishedVersion } from "./observation.ts";
import type { Progress } from "./progress.ts";
import { tag } from "./secretTags.ts";
import { suspectTags } from "./suspectTags.ts";

/** What controls judge of a credential, from what a tick saw last; null when it saw nothing. */
export function seenCredential({ observed, intent }: Progress): SeenCredential | null {
  if (observed === null) return null;
  const { secret, published, strange, ledger } = observed;
  // One that was opened after the last look, and not closed since.
  const isNew = intent !== null && !observed.intents.some(({ rotationId }) => rotationId === intent.rotationId);
  const open = isNew ? [intent, ...observed.intents] : observed.intents;
  return {
    secret,
    published: published === null ? null : publishedEvidence(published),
    intents: open.map(({ generation, rotationId, role, createdAt }) => ({ generation, rotationId, role, createdAt })),
    strangeVersions: strange.map(({ version }) => version),
    ledger: ledger && {
      generation: ledger.generation,
      rotationId: ledger.rotationId,
      role: ledger.role,
      appliedAt: ledger.appliedAt,
    },
  };
}

function publishedEvidence({
  version,
  user,
  key,
  createdAt,
  expiresAt,
  tags,
  pair,
}: PublishedVersion): PublishedEvidence {
  return {
    version,
    user,
    key,
    createdAt,
    expiresAt,
    tags: {
      server: tags[tag.server] ?? null,
      user: tags[tag.user] ?? null,
      rotatedAt: tags[tag.rotatedAt] ?? null,
      rotationId: tags[tag.rotationId] ?? null,
    },
    suspectTags: suspectTags(tags, pair),
  };
}
