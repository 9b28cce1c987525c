import type { Snapshot } from "../model/drift.ts";
import type { History } from "../model/finding.ts";
import type { Posture } from "../model/posture.ts";

/** What the scan before left behind. */
interface Before {
  readonly history: History;
  readonly snapshot: Snapshot;
}

/** @param before undefined on the first scan, to which everything it finds is old */
export function nextHistory(before: Before | undefined, posture: Posture): History {
  const newRoles = before === undefined ? {} : rolesAfter(before, posture);
  return {
    firewallRules: rulesAfter(before?.history ?? { firewallRules: {} }, posture),
    ...(Object.keys(newRoles).length > 0 && { newRoles }),
  };
}

/** A rule that is edited becomes a new rule: its age says how long exactly these addresses have been let in. */
function rulesAfter({ firewallRules: known }: History, { sections, takenAt }: Posture): History["firewallRules"] {
  const { firewallRules } = sections;
  if (firewallRules.state === "unavailable") return known;
  const seen = firewallRules.items.map(({ name, first, last }) => {
    const key = `${name} ${first} ${last}`;
    return [key, instantIn(known, key) ?? takenAt] as const;
  });
  return Object.fromEntries(seen);
}

/** A role that was dropped and made again under its name has another OID, and is new. */
function rolesAfter({ history, snapshot }: Before, { sections, takenAt }: Posture): Readonly<Record<string, string>> {
  const { newRoles: known = {} } = history;
  if (sections.roles.state === "unavailable" || snapshot.parts.roles.state === "unavailable") return known;
  const { roleOids } = snapshot.volatile;
  const found = sections.roles.items.flatMap(({ name, oid }): readonly (readonly [string, string])[] => {
    const isNew = !Object.hasOwn(roleOids, name) || roleOids[name] !== oid;
    const since = isNew ? takenAt : instantIn(known, name);
    return since === undefined ? [] : [[name, since]];
  });
  return Object.fromEntries(found);
}

function instantIn(instants: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(instants, key) ? instants[key] : undefined;
}
