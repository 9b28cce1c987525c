import type { Credential } from "../../model/credential.ts";
import { copyRole } from "./copyRole.ts";
import type { SetupFacts, SetupRole } from "./setupFacts.ts";
import type { SetupStatement } from "./setupStatement.ts";

/** The owner of a pair, and two logins that become it at once and are equal in everything else. */
export function pairSetup(
  { roles: pair, validForMs, database }: Pick<Credential, "roles" | "validForMs" | "database">,
  owner: string,
  { roles, major, publicConnects }: SetupFacts,
): readonly SetupStatement[] {
  const present = pair.flatMap((name) => roles.get(name) ?? []);
  const model = present[0];
  const leaves = { owner, validUntil: validForMs !== null };
  const connects = publicConnects || (roles.get(owner)?.mayConnect ?? false);
  return [
    ...(roles.has(owner) ? [] : [{ name: "owner.create", template: "create role %I nologin", values: [owner] }]),
    ...pair.filter((name) => !roles.has(name)).flatMap((name) => copyRole(name, model, leaves, major)),
    ...pair.flatMap((name) => asOwner(name, roles.get(name), owner)),
    ...(connects || (present.length === pair.length && present.every(({ mayConnect }) => mayConnect))
      ? []
      : [{ name: "database.grant", template: "grant connect on database %I to %I", values: [database, owner] }]),
  ];
}

/** What both roles make belongs to the owner, so either can use it after the switch. */
function asOwner(name: string, role: SetupRole | undefined, owner: string): readonly SetupStatement[] {
  const isMember = role?.memberOf.some((membership) => membership.role === owner) ?? false;
  const isOwner = role?.settings.includes(`role=${owner}`) ?? false;
  return [
    ...(isMember ? [] : [{ name: "owner.grant", template: "grant %I to %I", values: [owner, name] }]),
    ...(isOwner ? [] : [{ name: "role.set", template: "alter role %I set role to %L", values: [name, owner] }]),
  ];
}
