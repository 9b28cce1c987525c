import type { SecretPair } from "../model/credential.ts";
import { crowdedSecrets } from "./crowdedSecrets.ts";
import type { Observed } from "./observe.ts";
import { newPassword } from "./password.ts";
import { preflight } from "./preflight.ts";
import { prepare, type OpenIntent } from "./prepare.ts";
import { strategyOf } from "./strategies/strategyOf.ts";
import type { TickContext } from "./tickContext.ts";

/** The role that a rotation would change: a repair stays with the published one, which nobody can log in as. */
export function roleToRotate({ credential, server }: TickContext, { published }: Observed, repairs: boolean): string {
  const user = published?.user ?? null;
  const isKnown = user !== null && credential.roles.includes(user);
  return repairs && isKnown ? user : strategyOf(credential.strategy).nextRole(credential, server, user);
}

/** Checks, draws a new password and opens an intent for it. */
export async function beginRotation(context: TickContext, observed: Observed, repairs: boolean): Promise<OpenIntent> {
  const { credential, ports } = context;
  const role = roleToRotate(context, observed, repairs);
  for (const remark of crowdedSecrets(credential, observed)) context.remark(remark);
  await preflight(context, role, observed.published, repairs);
  return prepare(context, observed, { user: role, password: newPassword(credential.passwordLength, role, ports) });
}

/**
 * Opens an intent that holds the published value itself: the database was restored to before it, and its old password
 * must not come back.
 */
export async function beginReapply(context: TickContext, observed: Observed, pair: SecretPair): Promise<OpenIntent> {
  await preflight(context, pair.user, observed.published, true);
  return prepare(context, observed, pair);
}
