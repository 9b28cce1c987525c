import ipaddr from "ipaddr.js";
import type { Session } from "../../model/catalogEvidence.ts";

/**
 * Whether a session's network shares addresses with an approved one. Sessions are known by their /24 or /64, so a
 * narrower approval counts for the whole of it: asking for more would fail every session of a small network.
 * Undefined when the network is not known.
 */
export function isInNetworks({ network }: Session, approved: readonly string[]): boolean | undefined {
  if (approved.length === 0) return false;
  if (network === null || !ipaddr.isValidCIDR(network)) return undefined;
  return approved.some((range) => overlap(network, range));
}

function overlap(left: string, right: string): boolean {
  if (!ipaddr.isValidCIDR(right)) return false;
  const [leftAddress, leftBits] = ipaddr.parseCIDR(left);
  const [rightAddress, rightBits] = ipaddr.parseCIDR(right);
  if (leftAddress.kind() !== rightAddress.kind()) return false;
  return leftAddress.match(rightAddress, Math.min(leftBits, rightBits));
}

/** Sessions of one role and application, whatever their database, network and protection. */
export interface ApplicationSessions {
  readonly role: string;
  readonly applicationName: string;
  readonly sessions: readonly Session[];
}

export function byApplication(
  sessions: readonly Session[],
  roles: ReadonlySet<string>,
): readonly ApplicationSessions[] {
  const groups = new Map<string, ApplicationSessions>();
  for (const session of sessions) {
    const { role, applicationName } = session;
    if (role === null || !roles.has(role)) continue;
    const key = JSON.stringify([role, applicationName]);
    const known = groups.get(key)?.sessions ?? [];
    groups.set(key, { role, applicationName, sessions: [...known, session] });
  }
  return [...groups.values()];
}
