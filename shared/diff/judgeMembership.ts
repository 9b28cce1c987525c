import type { Severity } from "../model/server.ts";
import type { Change } from "./changes.ts";
import { namesOf } from "./itemKey.ts";
import type { MembershipEffect } from "./items.ts";
import { type Judgement, judgement, worst } from "./judgement.ts";
import { type AccessGraph, type Gain, gainsOf, gainText, weightOf } from "./reachGains.ts";

export interface MembershipSides {
  /** Undefined when that side's roles could not be read. */
  readonly before: AccessGraph | undefined;
  readonly after: AccessGraph | undefined;
  /** What became reachable over this very edge. */
  readonly gains: readonly Gain[];
}

/** An edge weighs what login roles gain by it, and at least what the granted role is. */
export function judgeMembership({ key, before, after }: Change, sides: MembershipSides): Judgement {
  const [role = "", member = ""] = namesOf(key);
  // Memberships in changes are what `membershipEffects` made, or null.
  const [old, current] = [before as MembershipEffect | null, after as MembershipEffect | null];
  if (current === null) {
    const lost = lostBy(role, member, sides);
    const message = `Role ${member} is no longer a member of ${role}${lost.length === 0 ? "" : `: ${count(lost.length)} lost it`}.`;
    return judgement("info", message, lost);
  }

  const gainedOptions = optionNames.filter((option) => current[option] && old?.[option] !== true);
  const lostOptions = optionNames.filter((option) => !current[option] && old?.[option] === true);
  const granted = `granted by ${current.grantors.join(", ")}`;
  if (old !== null && gainedOptions.length === 0) {
    const what =
      lostOptions.length === 0
        ? `is ${granted} now, not by ${old.grantors.join(", ")}; its effect is the same`
        : `lost ${lostOptions.map(keyword).join(", ")}`;
    return judgement(lostOptions.length === 0 ? "low" : "info", `The membership of ${member} in ${role} ${what}.`);
  }

  const effects = effectsOf(role, member, sides);
  const severity = worst(
    ...sides.gains.map((gain) => gain.severity),
    gainedOptions.length === 0 ? "low" : (weightOf(role) ?? (effects.length > 0 ? "medium" : "low")),
    gainedOptions.includes("admin") ? "high" : "low",
  ) satisfies Severity;
  const what =
    old === null
      ? `Role ${member} became a member of ${role}, ${granted} with ${gainedOptions.map(keyword).join(", ") || "no option"}`
      : `The membership of ${member} in ${role} got ${gainedOptions.map(keyword).join(", ")}, ${granted}`;
  const reached = effects.length === 0 ? "no login role gains by it" : consequence(role, effects.length, sides.gains);
  return judgement(severity, `${what}: ${reached}.`, effects);
}

const optionNames = ["admin", "inherit", "set"] as const;

function keyword(option: (typeof optionNames)[number]): string {
  return option.toUpperCase();
}

function consequence(role: string, effects: number, gains: readonly Gain[]): string {
  const targets = [...new Set(gains.map(({ target }) => target))];
  if (targets.length === 0) return `${count(effects)} now ${effects === 1 ? "reaches" : "reach"} ${role}`;
  const logins = new Set(gains.map(({ login }) => login)).size;
  return `${count(logins)} now ${logins === 1 ? "reaches" : "reach"} ${targets.join(", ")}`;
}

function count(logins: number): string {
  return logins === 1 ? "1 login role" : `${logins} login roles`;
}

/** Who reaches something grave by this edge; without that, who reaches the granted role. */
function effectsOf(role: string, member: string, { before, after, gains }: MembershipSides): readonly string[] {
  if (gains.length > 0) return gains.map(({ login, target, reach }) => gainText(login, target, reach));
  if (before === undefined || after === undefined) return [];
  return [...gainsOf(before, after, { kind: "role", name: role })]
    .filter(([, { path }]) => path.at(-2) === member)
    .map(([login, reach]) => gainText(login, role, reach));
}

function lostBy(role: string, member: string, { before, after }: MembershipSides): readonly string[] {
  if (before === undefined || after === undefined) return [];
  return [...gainsOf(after, before, { kind: "role", name: role })]
    .filter(([, { path }]) => path.at(-2) === member)
    .map(([login]) => `${login} no longer reaches ${role}`);
}
