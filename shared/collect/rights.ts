import type { DatabaseSectionName, SectionName } from "../model/section.ts";
import { backups } from "./backups.ts";
import { networkActions } from "./delegatedNetwork.ts";
import { diagnosticSettings } from "./diagnosticSettings.ts";
import { entraAdministrators } from "./entraAdministrators.ts";
import { firewallRules } from "./firewallRules.ts";
import { workspaceRole } from "./loginHistory.ts";
import { becomeRole, quoteIdentifier } from "./missingRight.ts";
import { parameters } from "./parameters.ts";
import { zoneActions } from "./privateDnsZone.ts";
import { privateEndpointConnections } from "./privateEndpointConnections.ts";
import { noDatabase } from "./readDatabase.ts";
import { replicas } from "./replicas.ts";
import { unavailable } from "./section.ts";
import { serverAction } from "./server.ts";
import { threatProtection } from "./threatProtection.ts";
import { vaultRead } from "./vaults.ts";

/** A right of the scanner, and what is `unavailable` without it. Missing rights change nothing else. */
export interface Right {
  /** As PostgreSQL or Azure names it. */
  readonly name: string;
  readonly sections: readonly (SectionName | DatabaseSectionName)[];
  /** One sentence. */
  readonly effect: string;
  /** False for a right that gives more than it is worth on most servers. */
  readonly recommended: boolean;
}

export interface DatabaseRight extends Right {
  /** Null for rights of the whole server. */
  readonly database: string | null;
  /** The database to be connected to for `sql`. */
  readonly runIn: string;
  /** Run by an administrator; ends with a semicolon. */
  readonly sql: string;
}

/** A right on a Log Analytics workspace, which may stand in a subscription that nobody scans. */
export interface WorkspaceRight extends Right {
  /** Lower-case ARM id. */
  readonly workspaceId: string;
}

/** Sections that every login reads whole once it is connected. */
const anyLogin = [
  "context",
  "roles",
  "memberships",
  "roleSettings",
  "databases",
  "sharedAcls",
  "subscriptions",
  "replicationSlots",
] as const satisfies readonly SectionName[];

// The keys of an object literal are what its type says.
const everySectionOfADatabase = Object.keys(noDatabase(unavailable("denied", ""))) as DatabaseSectionName[];

/**
 * The rights in the databases of one server, the least that shows everything.
 *
 * @param login the PostgreSQL role of pgwarden's identity
 * @param start the database that server-wide sections are read from
 * @param databases every database in scope
 */
export function databaseRights(login: string, start: string, databases: readonly string[]): readonly DatabaseRight[] {
  const role = quoteIdentifier(login);
  const ofServer = { database: null, runIn: start, recommended: true };
  return [
    {
      ...ofServer,
      name: "Entra principal",
      runIn: "postgres",
      sections: [...anyLogin, "settings", "sessions", "passwordTypes"],
      effect: `Without a role ${login} that is mapped to its identity, nothing in the server can be read.`,
      sql: `select * from pg_catalog.pgaadauth_create_principal(${quoteLiteral(login)}, false, false);`,
    },
    {
      ...ofServer,
      name: "pg_read_all_settings",
      sections: ["settings"],
      effect: "PostgreSQL hides about twenty settings, those of TLS among them.",
      sql: `grant pg_read_all_settings to ${role};`,
    },
    {
      ...ofServer,
      name: "pg_read_all_stats",
      sections: ["sessions"],
      effect: "PostgreSQL hides address, kind and encryption of other roles' sessions.",
      sql: `grant pg_read_all_stats to ${role};`,
    },
    {
      ...ofServer,
      name: "EXECUTE on azure_roles_authtype()",
      sections: ["passwordTypes"],
      effect: "Nobody but the platform's function knows which roles still have an MD5 password.",
      sql: `grant execute on function azure_roles_authtype() to ${role};`,
    },
    ...[...new Set([start, ...databases])].map((database) => ({
      name: "CONNECT",
      database,
      runIn: database,
      sections: everySectionOfADatabase,
      effect: `Nothing of database ${database} can be read.`,
      recommended: true,
      sql: `grant connect on database ${quoteIdentifier(database)} to ${role};`,
    })),
    {
      ...ofServer,
      name: "BYPASSRLS",
      sections: ["cronJobs"],
      effect: "Where pg_cron is installed, its row security shows a login its own jobs only.",
      recommended: false,
      sql: `alter role ${role} bypassrls;`,
    },
  ];
}

/** What lets pgwarden's login look for canaries: it becomes the roles that look. @param major of PostgreSQL */
export function canaryRights(
  login: string,
  start: string,
  roles: readonly string[],
  major: number,
): readonly DatabaseRight[] {
  return roles.map((name) => ({
    name: `SET ROLE ${name}`,
    database: null,
    runIn: start,
    sections: ["canaries"],
    effect: `Whether row security binds role ${name} cannot be tried.`,
    recommended: true,
    sql: `${becomeRole(name, login, major)};`,
  }));
}

/** @param workspaceId of the workspace that the server's log goes to */
export function workspaceRight(workspaceId: string): WorkspaceRight {
  return {
    name: workspaceRole,
    workspaceId,
    sections: ["loginHistory"],
    effect: "Which logins are unused is not known.",
    recommended: true,
  };
}

/** @param objectId of pgwarden's identity */
export function workspaceCommand(objectId: string, { name, workspaceId }: WorkspaceRight): string {
  return (
    `az role assignment create --assignee-object-id ${objectId} --assignee-principal-type ServicePrincipal ` +
    `--role "${name}" --scope ${workspaceId}`
  );
}

/** The actions of Azure Resource Manager, all of them reads. */
export const armRights: readonly Right[] = [
  arm(serverAction, ["server"], "The server is not found, or nothing is known of it."),
  ...[
    firewallRules,
    privateEndpointConnections,
    parameters,
    entraAdministrators,
    threatProtection,
    diagnosticSettings,
    backups,
    replicas,
  ].map(({ action, section }) => arm(action, [section], `Section ${section} is unavailable.`)),
  ...Object.values(networkActions).map((action) =>
    arm(action, ["delegatedNetwork"], "The network of a VNet-integrated server is not known."),
  ),
  ...zoneActions.map((action) =>
    arm(action, ["privateDnsZone"], "The private DNS zone of a VNet-integrated server is not known."),
  ),
  arm(vaultRead.action, ["vaults"], "How the vaults of the server's credentials are protected is not known."),
];

function arm(name: string, sections: readonly SectionName[], effect: string): Right {
  return { name, sections, effect, recommended: true };
}

/**
 * A role with exactly these actions, and its assignment.
 *
 * @param objectId of pgwarden's identity
 * @param scopes resource ids of subscriptions or management groups; a role's name is one for the whole tenant
 */
export function armCommands(objectId: string, scopes: readonly string[]): readonly string[] {
  const definition = {
    Name: "pgwarden scanner",
    IsCustom: true,
    Description: "Reads what pgwarden judges of PostgreSQL flexible servers.",
    Actions: armRights.map(({ name }) => name),
    NotActions: [],
    AssignableScopes: scopes,
  };
  return [
    `az role definition create --role-definition '${JSON.stringify(definition)}'`,
    ...scopes.map(
      (scope) =>
        `az role assignment create --assignee-object-id ${objectId} --assignee-principal-type ServicePrincipal ` +
        `--role "${definition.Name}" --scope ${scope}`,
    ),
  ];
}

function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
