import { type RoleAccess, roleAccess } from "../../access/accessInput.ts";
import { reachIn } from "../../access/membershipClosure.ts";
import { administratorRole } from "../../access/privilegedReach.ts";
import { type Who, wayOf } from "../../access/way.ts";
import type { EntraAdministrator, ServerFacts } from "../../model/armEvidence.ts";
import type { CatalogContext, Membership, Role } from "../../model/catalogEvidence.ts";
import type { Verdict } from "../../model/finding.ts";
import type { Policy } from "../../model/policy.ts";
import { fail, type Gap, pass, unknownWithout } from "../control.ts";
import { birthright } from "../role/birthrights.ts";
import { isUsableLogin } from "../role/usableLogin.ts";

export interface LoginEvidence {
  readonly roles: readonly Role[];
  readonly memberships: readonly Membership[];
  readonly context: readonly CatalogContext[];
  /** Null: not read. */
  readonly server: readonly ServerFacts[] | null;
  readonly entraAdministrators: readonly EntraAdministrator[] | null;
}

/** The logins that row security and grants are meant to bind. */
export interface ApplicationLogins {
  readonly access: RoleAccess;
  readonly names: ReadonlySet<string>;
  /** Those among them that may be the administrator login of a server that could not be read. */
  readonly doubtful: ReadonlySet<string>;
}

/**
 * The logins of `policy.roles.applicationRoles`, or without that list all that are neither of the platform nor
 * administrators by birth or approval, nor superusers, whom nothing binds.
 */
export function applicationLogins(
  evidence: LoginEvidence,
  { roles: approved }: Policy,
  takenAt: string,
): ApplicationLogins {
  const { roles, memberships, context, server } = evidence;
  const listed = new Set(approved.applicationRoles);
  const administrators = new Set(approved.approvedAdministrators);
  const logins = roles.filter((role) =>
    listed.size > 0
      ? listed.has(role.name)
      : isUsableLogin(role, takenAt) &&
        !role.superuser &&
        birthright(role, evidence) === undefined &&
        !administrators.has(role.name),
  );
  const isKnown = server !== null || listed.size > 0;
  const doubtful = isKnown ? [] : logins.filter((role) => mayBeAdministratorLogin(role, memberships));
  return {
    access: roleAccess(roles, memberships, context[0] ?? { versionNum: 0, database: "" }),
    names: new Set(logins.map(({ name }) => name)),
    doubtful: new Set(doubtful.map(({ name }) => name)),
  };
}

/** On the service that login is a direct member of azure_pg_admin with CREATEROLE (roles.md §4). */
function mayBeAdministratorLogin({ name, createRole }: Role, memberships: readonly Membership[]): boolean {
  return createRole && memberships.some(({ role, member }) => role === administratorRole && member === name);
}

/** Application logins that are a role, have its rights or can become it. ADMIN OPTION alone is no right yet. */
export function loginsActingAs({ access, names }: ApplicationLogins, role: string): readonly string[] {
  const reached = reachIn(access.graph, { kind: "role", name: role });
  const members = [...reached].flatMap(([name, { how }]) => (how !== "admin" && names.has(name) ? [name] : []));
  return (names.has(role) ? [role, ...members] : members).sort();
}

/** Application logins among those of an answer about access. ADMIN OPTION alone is no right yet. */
export function loginsOf({ names }: ApplicationLogins, who: Who): readonly string[] {
  // Few roles are named, and many log in: only PUBLIC is asked of each of them.
  const candidates = who.everyone === undefined ? who.named.keys() : names;
  return [...candidates].filter((name) => {
    const how = wayOf(who, name)?.how;
    return names.has(name) && (how === "inherit" || how === "set");
  });
}

interface Texts {
  readonly passes: string;
  /** @param names the logins as words of a sentence */
  readonly fails: (names: string) => string;
}

/** Fails when logins were found; unknown when each of them may be the administrator login of an unknown server. */
export function judgeLogins(
  subject: string,
  found: readonly string[],
  { doubtful }: ApplicationLogins,
  { passes, fails }: Texts,
): Verdict | Gap {
  const certain = found.filter((name) => !doubtful.has(name));
  if (certain.length > 0) return fail(subject, fails(namesText(certain)));
  return found.length === 0 ? pass(subject, passes) : unknownWithout(subject, "server");
}

const SHOWN = 5;

function namesText(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).join(", ");
  return names.length > SHOWN ? `${shown} and ${names.length - SHOWN} more` : shown;
}
