import { subjectOf } from "../controls/control.ts";
import type { Comparison, Drift, Snapshot } from "../model/drift.ts";
import { type AccessPair, accessPair } from "./accessPair.ts";
import { byCodeUnit, sha256 } from "./canonical.ts";
import { type Cause, type Causes, causesOf } from "./causes.ts";
import { type Change, changesBetween } from "./changes.ts";
import { bypassDifference } from "./bypassDifference.ts";
import type { BypassDifference } from "./bypassGains.ts";
import { type BypassJudgement, judgeBypass } from "./bypassWords.ts";
import { kindOf } from "./itemKey.ts";
import { judgeChange, type JudgeContext } from "./judgeChange.ts";
import { type Judgement, maxSamples, severities, worst } from "./judgement.ts";
import { type Gain, gainText, sensitiveGains, worstOf } from "./reachGains.ts";
import { smallest } from "./smallest.ts";

export interface DiffContext {
  readonly comparison: Comparison;
  readonly serverId: string;
}

/**
 * One drift per cause, worst first. A part that either snapshot could not read is left out: nothing is said of it.
 */
export function diffSnapshots(before: Snapshot, after: Snapshot, context: DiffContext): readonly Drift[] {
  const changes = changesBetween(before, after);
  if (changes.length === 0) return [];
  const causes = causesOf(changes, before, after);
  const sides = judgeContext(changes, causes, before, after);
  return causes.causes
    .map((cause) => driftOf(cause, judge(cause, sides), context))
    .sort(
      (left, right) =>
        severities.indexOf(left.severity) - severities.indexOf(right.severity) || byCodeUnit(left.cause, right.cause),
    );
}

/** Building the graph of memberships costs most of a comparison: it is built when a change asks for it. */
function judgeContext(changes: readonly Change[], { causeOf }: Causes, before: Snapshot, after: Snapshot): Context {
  let built: { readonly pair: AccessPair | undefined } | undefined;
  function access(): AccessPair | undefined {
    built ??= { pair: accessPair(before, after, changes) };
    return built.pair;
  }
  const isTouched = changes.some(({ part }) => part === "roles" || part === "memberships");
  const pair = isTouched ? access() : undefined;
  const gains = pair === undefined ? new Map() : sensitiveGains(pair, changes, causeOf, after);
  return { before, after, access, gains, bypass: bypassDifference(before, after, changes, causeOf, access) };
}

interface Context extends JudgeContext {
  readonly bypass: BypassDifference;
}

function judge(cause: Cause, context: Context): Judgement {
  const judged = judgeEffects(cause, context);
  const past = judgeBypass(cause.change, context.bypass);
  return past.effectCount === 0 ? judged : withBypass(judged, past);
}

/** The samples begin with what is gravest. */
function withBypass(judged: Judgement, past: BypassJudgement): Judgement {
  const severity = worst(judged.severity, past.severity);
  const isGraver = severity !== judged.severity;
  const isGain = past.gained.length > 0;
  return {
    severity,
    message: judged.message.replace(/\.$/, `${past.clause}.`),
    effects: isGraver ? [...past.effects, ...judged.effects] : [...judged.effects, ...past.effects],
    effectCount: judged.effectCount + past.effectCount,
    direction: isGain && judged.direction === "lost" ? "changed" : judged.direction,
    gained: [...judged.gained, ...past.gained],
  };
}

function judgeEffects(cause: Cause, context: JudgeContext): Judgement {
  const own = judgeChange(cause.change, context);
  // A membership tells of its gains itself.
  const gains =
    kindOf(cause.change.key) === "membership"
      ? []
      : (context.gains.get(cause.change.key) ?? []).filter((gain) => !isOwnPower(gain, cause));
  const folded = cause.effects.map((change) => ({ change, ...judgeChange(change, context) }));
  const weighed = folded.filter(({ change }) => weighs(change, cause.change));
  return {
    severity: worst(own.severity, worstOf(gains), ...new Set(weighed.map(({ severity }) => severity))),
    message: own.message,
    effects: [
      ...own.effects,
      ...gains.slice(0, maxSamples).map(gainText),
      ...folded.slice(0, maxSamples).map(({ message }) => message.replace(/\.$/, "")),
    ],
    effectCount: own.effectCount + gains.length + folded.length,
    direction: own.direction,
    gained: [...own.gained, ...gains.map(({ login }) => login), ...weighed.flatMap(({ gained }) => gained)],
  };
}

/** Effects that add nothing to their cause: what goes with a removal, defaults that follow a version, a creator's edge. */
function weighs(effect: Change, cause: Change): boolean {
  if (cause.change === "removed" || kindOf(effect.key) === "membership") return false;
  return kindOf(cause.key) !== "server" || kindOf(effect.key) === "server";
}

/** What a role's own attributes give it is told as the attribute. */
function isOwnPower({ login, reach }: Gain, { change }: Cause): boolean {
  return change.key === subjectOf("role", login) && reach.path.length === 1;
}

function driftOf({ change }: Cause, judged: Judgement, { comparison, serverId }: DiffContext): Drift {
  const gained = new Set(judged.gained);
  return {
    driftId: sha256([serverId, comparison, change.key].join("\n")),
    comparison,
    change: change.change,
    direction: judged.direction,
    database: change.database,
    cause: change.key,
    severity: judged.severity,
    message: judged.message,
    before: change.before,
    after: change.after,
    effectCount: judged.effectCount,
    effects: judged.effects.slice(0, maxSamples),
    gainedCount: gained.size,
    gainedPrincipals: smallest(gained, maxSamples, byCodeUnit),
  };
}
