import type { History } from "../model/finding.ts";
import type { Posture } from "../model/posture.ts";

/** A rule that is edited becomes a new rule: its age says how long exactly these addresses have been let in. */
export function nextHistory(history: History, posture: Posture): History {
  const { firewallRules } = posture.sections;
  if (firewallRules.state === "unavailable") return history;
  const seen = firewallRules.items.map(({ name, first, last }) => {
    const key = `${name} ${first} ${last}`;
    return [key, Object.hasOwn(history.firewallRules, key) ? history.firewallRules[key] : posture.takenAt] as const;
  });
  return { firewallRules: Object.fromEntries(seen.map(([key, since]) => [key, since ?? posture.takenAt])) };
}
