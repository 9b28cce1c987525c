import { workspaceOf } from "../collect/loginHistory.ts";
import {
  armRights,
  canaryRights,
  type DatabaseRight,
  databaseRights,
  type Right,
  type WorkspaceRight,
  workspaceRight,
} from "../collect/rights.ts";
import type { CatalogContext } from "../model/catalogEvidence.ts";
import type { Posture } from "../model/posture.ts";
import type { SectionGap } from "../model/run.ts";
import { gapsOf } from "./summarise.ts";

/** `held`: nothing lacks it here. `unknown`: what would show it could not be read, for another reason. */
export type RightState = "held" | "missing" | "unknown";

export interface StatedRight<R extends Right = Right> {
  readonly right: R;
  readonly state: RightState;
  /** The sections that it costs on this server; none while it is held. */
  readonly cost: readonly SectionGap[];
}

/** What one collection says of pgwarden's own rights on one server. */
export interface ServerRights {
  readonly server: Posture["server"];
  readonly azure: readonly StatedRight[];
  /** On the workspace that the server's log goes to; none where it goes to none. */
  readonly logs: readonly StatedRight<WorkspaceRight>[];
  readonly postgres: readonly StatedRight<DatabaseRight>[];
  /** Sections that no right would bring: time-outs, servers that are stopped. */
  readonly otherGaps: readonly SectionGap[];
}

/**
 * Which rights the scanner holds, from what it could read.
 *
 * @param login how it logs in, and the database it starts from
 */
export function rightStates(
  posture: Posture,
  login: { readonly role: string; readonly database: string },
): ServerRights {
  const gaps = [...gapsOf(posture), ...passwordTypeGap(posture)];
  const azure = armRights.map((right) => azureState(right, gaps));
  const logs = workspaceIds(posture).map((id) => logState(workspaceRight(id), gaps));
  const inScope = posture.databases.map(({ name }) => name);
  const postgres = [
    ...databaseRights(login.role, login.database, inScope).map((right) => postgresState(right, posture, gaps)),
    ...canaryStates(posture, login),
  ];
  const explained = new Set([...azure, ...logs, ...postgres].flatMap(({ cost }) => cost));
  // A section that could not be read for want of another one is explained by that one.
  const unread = azure.some(({ cost }) => cost.some(({ section }) => section === "diagnosticSettings"));
  const otherGaps = gaps.filter((gap) => !explained.has(gap) && !(unread && gap.section === "loginHistory"));
  return { server: posture.server, azure, logs, postgres, otherGaps };
}

function workspaceIds({ sections: { diagnosticSettings } }: Posture): readonly string[] {
  const id = diagnosticSettings.state === "collected" ? workspaceOf(diagnosticSettings.items) : undefined;
  return id === undefined ? [] : [id];
}

function logState(right: WorkspaceRight, gaps: readonly SectionGap[]): StatedRight<WorkspaceRight> {
  const own = gaps.filter(({ section }) => isOf(right, section));
  const cost = own.filter(({ reason }) => reason === "denied");
  return { right, state: cost.length > 0 ? "missing" : own.length > 0 ? "unknown" : "held", cost };
}

/** Of the roles that were to look: what a canary could not ask is no gap of its section, but costs this canary. */
function canaryStates(
  { sections: { canaries, context } }: Posture,
  login: { readonly role: string; readonly database: string },
): readonly StatedRight<DatabaseRight>[] {
  if (canaries.state === "unavailable") return [];
  const missing = new Map<string, string>();
  for (const look of canaries.items)
    if (look.state === "failed" && look.missingRole !== null) missing.set(look.missingRole, look.detail);
  const roles = [...new Set([...canaries.items.map(({ role }) => role), ...missing.keys()])];
  const versionNum = context.state === "collected" ? (context.items[0]?.versionNum ?? 0) : 0;
  const rights = canaryRights(login.role, login.database, roles, Math.floor(versionNum / 10_000));
  return rights.map((right, index) => {
    const detail = missing.get(roles[index] ?? "");
    if (detail === undefined) return { right, state: "held", cost: [] };
    return { right, state: "missing", cost: [{ section: "canaries", database: null, reason: "denied", detail }] };
  });
}

function azureState(right: Right, gaps: readonly SectionGap[]): StatedRight {
  const own = gaps.filter(({ section, database }) => database === null && isOf(right, section));
  const denied = own.filter(({ reason }) => reason === "denied");
  // Two actions may serve one section; the refusal names the one that is missing.
  const refused = denied.filter(({ detail }) => detail.includes(right.name) || !namesAnAction(detail));
  if (refused.length > 0) return { right, state: "missing", cost: refused };
  // A section that this server cannot have is no gap, and needs no right.
  return { right, state: own.length === denied.length ? "held" : "unknown", cost: [] };
}

function namesAnAction(detail: string): boolean {
  return armRights.some(({ name }) => detail.includes(name));
}

function postgresState(
  right: DatabaseRight,
  { sections }: Posture,
  gaps: readonly SectionGap[],
): StatedRight<DatabaseRight> {
  const [context] = sections.context.state === "collected" ? sections.context.items : [];
  const databases = sections.databases.state === "collected" ? sections.databases.items : [];
  const state = context === undefined ? "unknown" : stateIn(right, context, { databases, gaps });
  const costs = gaps.filter(({ section, database }) =>
    right.database === null ? isOf(right, section) : database === right.database,
  );
  return { right, state, cost: state === "missing" ? costs : [] };
}

interface Seen {
  readonly databases: readonly { readonly name: string; readonly connectable: boolean }[];
  readonly gaps: readonly SectionGap[];
}

/** Once the login came through. */
function stateIn({ name, database }: DatabaseRight, context: CatalogContext, { databases, gaps }: Seen): RightState {
  if (database !== null) {
    if (database === context.database) return "held";
    const facts = databases.find((one) => one.name === database);
    if (facts === undefined) return "unknown";
    return facts.connectable ? "held" : "missing";
  }
  switch (name) {
    case "pg_read_all_settings":
      return context.seesSettings ? "held" : "missing";
    case "pg_read_all_stats":
      return context.seesStats ? "held" : "missing";
    case "BYPASSRLS":
      return gaps.some(({ section, reason }) => section === "cronJobs" && reason === "denied") ? "missing" : "held";
    case "EXECUTE on azure_roles_authtype()":
      return gaps.some(({ section }) => section === "passwordTypes") ? "missing" : "held";
    default:
      return "held"; // the principal itself
  }
}

function isOf({ sections }: Right, section: SectionGap["section"]): boolean {
  return sections.some((name) => name === section);
}

/** A function that the login may not execute looks like one that is not there. */
function passwordTypeGap({ sections }: Posture): readonly SectionGap[] {
  const { passwordTypes } = sections;
  if (passwordTypes.state === "collected" || passwordTypes.reason !== "absent") return [];
  const { reason, detail } = passwordTypes;
  return [{ section: "passwordTypes", database: null, reason, detail }];
}
