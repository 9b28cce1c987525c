import type { Comparison, Drift, Snapshot } from "../model/drift.ts";
import { byCodeUnit, sha256 } from "./canonical.ts";
import { type Cause, type Causes, causesOf } from "./causes.ts";
import { type Change, changesBetween } from "./changes.ts";
import { kindOf } from "./itemKey.ts";
import { judgeFirewall } from "./judgeFirewall.ts";
import { judgeMembership } from "./judgeMembership.ts";
import { type Judgement, judgement, severities, shown, worst } from "./judgement.ts";
import { judgeParameter } from "./judgeParameter.ts";
import {
  judgeDelegatedNetwork,
  judgeDiagnosticSetting,
  judgeEntraAdministrator,
  judgePasswordType,
  judgePrivateDnsZone,
  judgePrivateEndpoint,
  judgeReplica,
  judgeRoleSetting,
  judgeSecurityRule,
  judgeThreatProtection,
} from "./judgeResource.ts";
import { judgeRole } from "./judgeRole.ts";
import { judgeServer } from "./judgeServer.ts";
import { type AccessGraph, accessGraph, type Gain, gainText, sensitiveGains } from "./reachGains.ts";

export interface DiffContext {
  readonly comparison: Comparison;
  readonly serverId: string;
}

const maxEffects = 20;

/**
 * One drift per cause, worst first. A part that either snapshot could not read is left out: nothing is said of it.
 */
export function diffSnapshots(before: Snapshot, after: Snapshot, context: DiffContext): readonly Drift[] {
  const changes = changesBetween(before, after);
  const causes = causesOf(changes, before, after);
  const access = accessOf(causes, before, after);
  return causes.causes
    .map((cause) => driftOf(cause, judge(cause, before, access), context))
    .sort(
      (left, right) =>
        severities.indexOf(left.severity) - severities.indexOf(right.severity) || byCodeUnit(left.cause, right.cause),
    );
}

interface Access {
  readonly before: AccessGraph | undefined;
  readonly after: AccessGraph | undefined;
  /** By cause. */
  readonly gains: ReadonlyMap<string, readonly Gain[]>;
}

/** Walking the memberships costs most of a comparison; without a change of roles there is nothing to find. */
function accessOf({ causeOf }: Causes, before: Snapshot, after: Snapshot): Access {
  const isTouched = [...causeOf.keys()].some((key) => ["role", "membership"].includes(kindOf(key)));
  const sides = isTouched ? [accessGraph(before), accessGraph(after)] : [];
  const [old, current] = sides;
  if (old === undefined || current === undefined) return { before: old, after: current, gains: new Map() };
  return { before: old, after: current, gains: sensitiveGains(old, current, causeOf) };
}

function judge(cause: Cause, before: Snapshot, access: Access): Judgement {
  const gains = access.gains.get(cause.change.key) ?? [];
  const own = judgeChange(cause.change, before, access, gains);
  // A membership tells of its gains itself.
  const gained = kindOf(cause.change.key) === "membership" ? [] : gains.filter((gain) => !isOwnPower(gain, cause));
  const folded = cause.effects.map((change) => ({
    change,
    ...judgeChange(change, before, access, access.gains.get(change.key) ?? []),
  }));
  const weighed = folded.filter(({ change }) => weighs(change, cause.change));
  return {
    severity: worst(own.severity, ...[...gained, ...weighed].map(({ severity }) => severity)),
    message: own.message,
    effects: [
      ...own.effects,
      ...gained.map(({ login, target, reach }) => gainText(login, target, reach)),
      ...folded.map(({ message }) => message.replace(/\.$/, "")),
    ],
  };
}

/** Effects that add nothing to their cause: what goes with a removal, defaults that follow a version, a creator's edge. */
function weighs(effect: Change, cause: Change): boolean {
  if (cause.change === "removed" || kindOf(effect.key) === "membership") return false;
  return kindOf(cause.key) !== "server" || kindOf(effect.key) === "server";
}

/** What a role's own attributes give it is told as the attribute. */
function isOwnPower({ login, reach }: Gain, { change }: Cause): boolean {
  return reach.path.length === 1 && change.key === `role/${login}`;
}

function judgeChange(change: Change, before: Snapshot, access: Access, gains: readonly Gain[]): Judgement {
  switch (kindOf(change.key)) {
    case "server":
      return judgeServer(change);
    case "firewallRule":
      return judgeFirewall(change, before);
    case "parameter":
    case "setting":
      return judgeParameter(change);
    case "entraAdministrator":
      return judgeEntraAdministrator(change);
    case "privateEndpointConnection":
      return judgePrivateEndpoint(change);
    case "threatProtection":
      return judgeThreatProtection(change);
    case "diagnosticSetting":
      return judgeDiagnosticSetting(change);
    case "replica":
      return judgeReplica(change);
    case "delegatedNetwork":
      return judgeDelegatedNetwork(change);
    case "securityRule":
      return judgeSecurityRule(change);
    case "privateDnsZone":
      return judgePrivateDnsZone(change);
    case "role":
      return judgeRole(change);
    case "passwordType":
      return judgePasswordType(change);
    case "membership":
      return judgeMembership(change, { before: access.before, after: access.after, gains });
    case "roleSetting":
      return judgeRoleSetting(change);
    default:
      return judgement("low", `${change.key} changed from ${shown(change.before)} to ${shown(change.after)}.`);
  }
}

function driftOf({ change }: Cause, { severity, message, effects }: Judgement, context: DiffContext): Drift {
  const { comparison, serverId } = context;
  return {
    driftId: sha256([serverId, comparison, change.key].join("\n")),
    comparison,
    change: change.change,
    cause: change.key,
    severity,
    message,
    before: change.before,
    after: change.after,
    effectCount: effects.length,
    effects: effects.slice(0, maxEffects),
  };
}
