import type { Credential } from "../model/credential.ts";
import { readCredentialState } from "./credentialState.ts";
import type { CredentialPorts } from "./rotationPorts.ts";

/** Scans believe for an hour what a tick saw. */
const LONGEST_MS = 45 * 60_000;
/** Timers do not fire to the second. */
const SLACK_MS = 60_000;

/**
 * Whether a published secret that keeps being refused is left alone this time: refused logins of every tick add up to a
 * ban where credcheck counts them. It waits as long again as it has been broken, at most three quarters of an hour. What changed in the
 * vault is looked at at once.
 *
 * @param checkedAt when its last tick ended, ISO 8601; undefined: nobody remembers
 */
export async function isBackingOff(
  credential: Credential,
  checkedAt: string | undefined,
  ports: Pick<CredentialPorts, "store" | "facts" | "now">,
  signal: AbortSignal,
): Promise<boolean> {
  if (checkedAt === undefined) return false;
  try {
    const { health, published } = await readCredentialState(ports.store, credential.name, signal);
    if (health?.state !== "broken" || !isWaiting(health.since, checkedAt, ports.now())) return false;
    const { secret, published: now, intent } = await ports.facts(credential, signal);
    return secret === "present" && intent === null && now !== null && now.version === published?.version;
  } catch {
    // The tick says what is wrong with the vault or the store.
    return false;
  }
}

function isWaiting(since: string, checkedAt: string, now: Date): boolean {
  const checked = Date.parse(checkedAt);
  const wait = Math.min(LONGEST_MS, checked - Date.parse(since));
  // What seems to lie ahead was noted by another clock: it holds up nothing.
  return checked <= now.getTime() && now.getTime() < checked + wait - SLACK_MS;
}
