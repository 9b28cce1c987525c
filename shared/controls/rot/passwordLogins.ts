import type { ServerFacts } from "../../model/armEvidence.ts";
import type { PasswordType, Role } from "../../model/catalogEvidence.ts";
import type { ManagedCredential } from "../../model/credentialEvidence.ts";
import { isPlatformRole } from "../role/platformRoles.ts";

/** Roles that log in with a password: the one is certain, the other is not known by `passwordTypes`. */
export interface PasswordLogins {
  readonly certain: readonly Role[];
  readonly doubtful: readonly Role[];
}

/** Logins of customers; a role of an Entra principal logs in with a token and has no password. */
export function passwordLogins(roles: readonly Role[], passwordTypes: readonly PasswordType[]): PasswordLogins {
  const typeOf = new Map(passwordTypes.map(({ role, type }) => [role, type]));
  const logins = roles.filter(({ name, canLogIn }) => canLogIn && !isPlatformRole(name));
  return {
    certain: logins.filter(({ name }) => (typeOf.get(name) ?? "none") !== "none"),
    doubtful: logins.filter(({ name, entra }) => !typeOf.has(name) && entra === null),
  };
}

/** Roles whose passwords rotation sets, with the credential that does it. */
export function rotatedRoles(
  credentials: readonly ManagedCredential[],
  server: readonly ServerFacts[],
): ReadonlyMap<string, ManagedCredential> {
  const administrator = administratorLoginOf(server);
  return new Map(
    credentials.flatMap((credential) => {
      if (credential.strategy !== "admin") return credential.roles.map((role) => [role, credential] as const);
      return administrator === null ? [] : [[administrator, credential] as const];
    }),
  );
}

export function administratorLoginOf(server: readonly ServerFacts[]): string | null {
  return server[0]?.administratorLogin ?? null;
}
