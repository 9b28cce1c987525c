import type { AccessPair } from "./accessPair.ts";
import type { Change } from "./changes.ts";
import { namesOf } from "./itemKey.ts";
import type { MembershipEffect } from "./items.ts";
import { counted, type Judgement, judgement, maxSamples, worst } from "./judgement.ts";
import { type Gain, gainsOf, gainText, lossesOf, weightOf, worstOf } from "./reachGains.ts";

export interface MembershipSides {
  /** Undefined when roles or memberships could not be read. */
  readonly access: AccessPair | undefined;
  /** What became reachable over this very edge. */
  readonly gains: readonly Gain[];
}

/** An edge weighs what login roles gain by it, and at least what the granted role is. */
export function judgeMembership({ key, before, after }: Change, sides: MembershipSides): Judgement {
  const [role = "", member = ""] = namesOf(key);
  // Memberships in changes are what `effectOf` made, or null.
  const [old, current] = [before as MembershipEffect | null, after as MembershipEffect | null];
  if (current === null) return judgeRemoved(key, role, member, sides);

  const gainedOptions = optionNames.filter((option) => current[option] && old?.[option] !== true);
  const lostOptions = optionNames.filter((option) => !current[option] && old?.[option] === true);
  const granted = `granted by ${current.grantors.join(", ")}`;
  if (old !== null && gainedOptions.length === 0) {
    const name = `The membership of ${member} in ${role}`;
    return lostOptions.length === 0
      ? judgement("low", `${name} is ${granted} now, not by ${old.grantors.join(", ")}; its effect is the same.`)
      : judgement("info", `${name} lost ${lostOptions.map(keyword).join(", ")}.`, [], { direction: "lost" });
  }

  const gains = gainsOver(key, role, sides);
  const logins = [...new Set(gains.map(({ login }) => login))];
  const severity = worst(
    worstOf(sides.gains),
    gainedOptions.length === 0 ? "low" : (weightOf(role) ?? (gains.length > 0 ? "medium" : "low")),
    gainedOptions.includes("admin") ? "high" : "low",
  );
  const what =
    old === null
      ? `Role ${member} became a member of ${role}, ${granted} with ${gainedOptions.map(keyword).join(", ") || "no option"}`
      : `The membership of ${member} in ${role} got ${gainedOptions.map(keyword).join(", ")}, ${granted}`;
  const targets = [...new Set(gains.map(({ target }) => target.label))];
  const reached =
    logins.length === 0
      ? "no login role gains by it"
      : `${counted(logins.length, "login role")} now ${logins.length === 1 ? "reaches" : "reach"} ${targets.join(", ")}`;
  return judgement(severity, `${what}: ${reached}.`, gains.slice(0, maxSamples).map(gainText), {
    direction: lostOptions.length > 0 ? "changed" : "gained",
    effectCount: gains.length,
    gained: logins,
  });
}

const optionNames = ["admin", "inherit", "set"] as const;

function keyword(option: (typeof optionNames)[number]): string {
  return option.toUpperCase();
}

/** Who reaches something grave by this edge; without that, who reaches the granted role. */
function gainsOver(key: string, role: string, { access, gains }: MembershipSides): readonly Omit<Gain, "severity">[] {
  if (gains.length > 0 || access === undefined) return gains;
  const target = { kind: "role", name: role } as const;
  const ways = access.after.changedOn(target);
  return [...gainsOf(access, target)]
    .filter(([login]) => ways.marks(login).includes(key))
    .map(([login, reach]) => ({ login, target: { target, label: role }, reach }));
}

function judgeRemoved(key: string, role: string, member: string, { access }: MembershipSides): Judgement {
  const target = { kind: "role", name: role } as const;
  const ways = access?.before.changedOn(target);
  const losses = access === undefined ? [] : [...lossesOf(access, target).keys()];
  const losers = losses.filter((login) => ways?.marks(login).includes(key) === true);
  const count = losers.length === 0 ? "" : `: ${counted(losers.length, "login role")} lost it`;
  return judgement(
    "info",
    `Role ${member} is no longer a member of ${role}${count}.`,
    losers.slice(0, maxSamples).map((login) => `login ${login} can no longer become ${role}`),
    { direction: "lost", effectCount: losers.length },
  );
}
