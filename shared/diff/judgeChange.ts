import { judgeGrant } from "./judgeGrant.ts";
import type { AccessPair } from "./accessPair.ts";
import type { Change } from "./changes.ts";
import { kindOf } from "./itemKey.ts";
import {
  judgeCronJob,
  judgeDefinerFunction,
  judgeEventTrigger,
  judgeExtension,
  judgeLanguage,
  judgeNotableFunction,
} from "./judgeCode.ts";
import {
  judgeDatabase,
  judgeForeignServer,
  judgePublication,
  judgeSubscription,
  judgeUserMapping,
} from "./judgeData.ts";
import { judgeDefaultPrivilege } from "./judgeDefaultPrivilege.ts";
import { judgeFirewall } from "./judgeFirewall.ts";
import { judgeMembership } from "./judgeMembership.ts";
import { type Judgement, judgement, shown } from "./judgement.ts";
import { judgeObjects, judgeOwner } from "./judgeObjects.ts";
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
import { judgePartition, judgeProtectedTable, judgeProtectedView, judgeRowPolicy } from "./judgeRowSecurity.ts";
import { judgeServer } from "./judgeServer.ts";
import type { Snapshot } from "../model/drift.ts";
import type { Gain } from "./reachGains.ts";

export interface JudgeContext {
  readonly before: Snapshot;
  readonly after: Snapshot;
  /** Undefined when roles or memberships could not be read; made when it is first asked for. */
  access(): AccessPair | undefined;
  /** What became reachable over a change, by its key. */
  readonly gains: ReadonlyMap<string, readonly Gain[]>;
}

/** How much one change matters by itself. */
export function judgeChange(change: Change, context: JudgeContext): Judgement {
  const { delta, database } = change;
  if (delta !== undefined) {
    if (delta.type === "grant") return judgeGrant(delta, database, { ...context, access: context.access() });
    return delta.type === "owner" ? judgeOwner(delta, database, context.access()) : judgeObjects(delta, database);
  }
  return judgeItem(change, context);
}

function judgeItem(change: Change, context: JudgeContext): Judgement {
  const { before, after } = context;
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
      return judgeMembership(change, { access: context.access(), gains: context.gains.get(change.key) ?? [] });
    case "roleSetting":
      return judgeRoleSetting(change);
    case "database":
      return judgeDatabase(change);
    case "subscription":
      return judgeSubscription(change);
    case "defaultPrivilege":
      return judgeDefaultPrivilege(change, context.access());
    case "protectedTable":
      return judgeProtectedTable(change, after);
    case "rowPolicy":
      return judgeRowPolicy(change, after);
    case "partition":
      return judgePartition(change);
    case "definerFunction":
      return judgeDefinerFunction(change);
    case "protectedView":
      return judgeProtectedView(change);
    case "extension":
      return judgeExtension(change);
    case "eventTrigger":
      return judgeEventTrigger(change);
    case "publication":
      return judgePublication(change, after);
    case "userMapping":
      return judgeUserMapping(change);
    case "foreignServer":
      return judgeForeignServer(change);
    case "language":
      return judgeLanguage(change);
    case "notableFunction":
      return judgeNotableFunction(change);
    case "cronJob":
      return judgeCronJob(change);
    default:
      return judgement("low", `${change.key} changed from ${shown(change.before)} to ${shown(change.after)}.`);
  }
}
