import { armCommands, type DatabaseRight, workspaceCommand, type WorkspaceRight } from "../collect/rights.ts";
import type { ServerRights, StatedRight } from "../runs/rightStates.ts";
import { gapText } from "./gapText.ts";
import { visibleLine } from "./visible.ts";

/** What is missing on each server, what it costs and what helps. */
export function doctorText(servers: readonly ServerRights[]): string {
  if (servers.length === 0) return "There is no server in scope.";
  return servers.map(serverText).join("\n\n");
}

function serverText({ server, azure, logs, postgres, otherGaps }: ServerRights): string {
  const missing = [
    ...azure.filter(({ state }) => state === "missing").map((one) => [`missing  ${one.right.name}`, ...costOf(one)]),
    ...logs.filter(({ state }) => state === "missing").map(workspaceText),
    ...postgres.filter(({ state }) => state === "missing").map(postgresText),
  ].flat();
  const unknown = [...azure, ...logs, ...postgres].filter(({ state }) => state === "unknown");
  const others = otherGaps.map((gap) => `not read ${gapText(server.name, gap)}`);
  const lines = [
    ...missing,
    ...distinct(others),
    ...(unknown.length === 0 ? [] : [`unknown  ${distinct(unknown.map(({ right }) => right.name)).join(", ")}`]),
  ];
  const all = ["held     every right that it needs; every section was read"];
  return [server.name, ...(lines.length === 0 ? all : lines).map((line) => `  ${line}`)].map(visibleLine).join("\n");
}

const objectId = "<object id of pgwarden's identity>";

function workspaceText(one: StatedRight<WorkspaceRight>): readonly string[] {
  const { name, workspaceId, effect } = one.right;
  return [
    `missing  ${name} on workspace ${workspaceId}: ${effect}`,
    ...costOf(one),
    `           an owner of the workspace runs: ${workspaceCommand(objectId, one.right)}`,
  ];
}

function postgresText(one: StatedRight<DatabaseRight>): readonly string[] {
  const { name, database, effect, recommended, runIn, sql } = one.right;
  const what = database === null ? name : `${name} on database ${database}`;
  return [
    `${recommended ? "missing " : "optional"} ${what}: ${effect}`,
    ...costOf(one),
    `           an administrator runs in database ${runIn}: ${sql}`,
  ];
}

function costOf({ cost }: StatedRight): readonly string[] {
  const sections = distinct(
    cost.map(({ section, database }) => (database === null ? section : `${database}.${section}`)),
  );
  return sections.length === 0 ? [] : [`           costs ${sections.join(", ")}`];
}

interface GrantsContext {
  /** Resource ids that the role is assigned on. */
  readonly scopes: readonly string[];
  /** The PostgreSQL role of pgwarden's identity. */
  readonly role: string;
}

/**
 * A script: the Azure role, then per server the SQL. What a server already has stands there as a comment. A comment and
 * a psql command end with their line, so none comes out of a name: what follows would be run.
 */
export function grantsText(servers: readonly ServerRights[], { scopes, role }: GrantsContext): string {
  const workspaces = new Map(
    servers.flatMap(({ logs }) => logs.map(({ right }) => [right.workspaceId, workspaceCommand(objectId, right)])),
  );
  return [
    "# Azure: a role with exactly the actions that are read, assigned where the configuration scans.",
    ...armCommands(objectId, scopes),
    ...(workspaces.size === 0
      ? []
      : ["# Log Analytics: reads the exported logs of these servers.", ...workspaces.values()]),
    ...servers.flatMap((server) => ["", ...serverGrants(server, role)]),
  ]
    .map(visibleLine)
    .join("\n");
}

function serverGrants({ server, postgres }: ServerRights, role: string): readonly string[] {
  const byDatabase = Map.groupBy(postgres, ({ right }) => right.runIn);
  const unread = postgres.some(({ state }) => state === "unknown")
    ? ["-- Not every database is known before pgwarden can log in: run this again after the first grants."]
    : [];
  return [
    `-- Server ${server.name}: psql as a Microsoft Entra administrator; ${role} is the role of pgwarden's identity.`,
    ...unread,
    ...[...byDatabase].flatMap(([database, rights]) => [
      `\\connect "${database.replaceAll('"', '""')}"`,
      ...rights.flatMap(grantLines),
    ]),
  ];
}

function grantLines({ right, state }: StatedRight<DatabaseRight>): readonly string[] {
  if (state === "held") return [`-- held: ${right.sql}`];
  if (!right.recommended) return [`-- optional, it gives more than this: ${right.effect}`, `-- ${right.sql}`];
  return [right.sql];
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
