import type { RotationKey } from "../model/credential.ts";
import { liftLedger } from "./ledgerSql.ts";
import type { Observed } from "./observe.ts";
import type { PublishedVersion } from "./observation.ts";
import { ledgerFault } from "./readLedgerRow.ts";
import { RotationError } from "./rotationError.ts";
import { tag } from "./secretTags.ts";
import type { TickContext } from "./tickContext.ts";

/**
 * Makes a version that others wrote, and that logs in, ours: its tags say so, and the ledger knows its generation. The
 * password stays.
 */
export function importSecret(context: TickContext, published: PublishedVersion, { highest }: Observed): Promise<void> {
  const { credential, server, ports, signal } = context;
  const user = published.pair?.user ?? null;
  const key = { generation: highest + 1, rotationId: ports.newRotationId() };
  return context.log.take({ step: "import", key, role: user }, async () => {
    const known = credential.strategy === "admin" ? [server.administratorLogin] : credential.roles;
    if (user === null || !known.includes(user)) {
      const message = `${credential.published.name} holds a login of ${user ?? "nobody"}, not of ${known.join(" or ")}.`;
      throw new RotationError(message, { code: "CREDENTIAL_CHANGED", effect: "none" });
    }
    await context.guard();
    const tags = {
      ...published.tags,
      [tag.generation]: String(key.generation),
      [tag.rotationId]: key.rotationId,
      [tag.user]: user,
      [tag.credential]: credential.name,
      [tag.server]: server.name,
    };
    await ports.secrets.update(credential.published, published.version, { tags }, signal);
    if (credential.strategy !== "admin") await lift(context, key, user);
    const message = `Role ${user} logs in with ${credential.published.name}, which pgwarden manages from now on.`;
    return { value: undefined, message, secretVersion: published.version };
  });
}

/** Enters what is published, and logs in, into the ledger; the password stays. */
export function recordInLedger(context: TickContext, key: RotationKey, user: string): Promise<void> {
  return context.log.take({ step: "repair", key, role: user }, async () => {
    await context.guard();
    await lift(context, key, user);
    return { value: undefined, message: `The rotation ledger knows generation ${key.generation} again.` };
  });
}

async function lift({ credential, session, signal }: TickContext, key: RotationKey, user: string): Promise<void> {
  await session
    ?.run(liftLedger, [credential.name, key.generation, key.rotationId, user], signal)
    .catch((error: unknown) => {
      throw ledgerFault(error);
    });
}
