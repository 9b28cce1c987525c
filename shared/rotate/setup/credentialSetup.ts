import type { Credential } from "../../model/credential.ts";
import { judgeRole, missingRight } from "../judgeRole.ts";
import { ownerLogIn, pairDrift } from "../pairDrift.ts";
import type { RoleFacts } from "../roleFacts.ts";
import type { Remark } from "../tickReport.ts";
import { ownRights } from "./ownRights.ts";
import { pairSetup } from "./pairSetup.ts";
import { rotatorSetup } from "./rotatorSetup.ts";
import type { SetupFacts } from "./setupFacts.ts";
import type { SetupStatement } from "./setupStatement.ts";

/** What a credential lacks on its server. */
export interface CredentialSetup {
  /** In order; none when nothing is lacking, or when `faults` forbid all of it. */
  readonly statements: readonly SetupStatement[];
  /** Why nothing is to be done: among them every difference that the pair would have. */
  readonly faults: readonly Remark[];
  /** What a person should see to beside. */
  readonly remarks: readonly Remark[];
}

/**
 * Decides what to run so that the preflight of a credential passes. It adds and never takes away: roles that differ are
 * for a person to make equal.
 *
 * @param judged what preflight reads of the roles that exist
 */
export function credentialSetup(
  credential: Credential,
  facts: SetupFacts,
  judged: readonly RoleFacts[],
  { rotator, now }: { readonly rotator: string; readonly now: Date },
): CredentialSetup {
  const { strategy, owner, roles } = credential;
  if (strategy === "admin") return { statements: [], faults: [], remarks: [] };
  const faults = [...databaseFaults(credential, facts), ...roleFaults(credential, facts, judged, rotator, now)];
  const remarks = owner !== null && facts.roles.get(owner)?.canLogIn === true ? [ownerLogIn(owner)] : [];
  if (strategy === "alternating" && owner !== null)
    faults.push(...pairDrift(asPlanned(judged, owner), credential, true), ...ownRights(credential, owner, facts));
  if (faults.length > 0) return { statements: [], faults, remarks };
  const made =
    strategy === "alternating" && owner !== null ? pairSetup(credential, owner, facts) : single(roles, facts);
  return { statements: [...made, ...rotatorSetup(roles, rotator, facts)], faults, remarks };
}

function single(roles: readonly string[], facts: SetupFacts): readonly SetupStatement[] {
  return roles
    .filter((name) => !facts.roles.has(name))
    .map((name) => ({ name: "role.create", template: "create role %I login", values: [name] }));
}

function databaseFaults({ database }: Credential, { databaseExists }: SetupFacts): readonly Remark[] {
  if (databaseExists) return [];
  const remedy = "Create it, or correct the credential's database in pgwarden.yaml.";
  return [{ code: "DATABASE_REFUSED", message: `There is no database ${database}.`, remedy }];
}

/** Roles that exist and that no rotation could take, or that only others may hand to the rotator. */
function roleFaults(
  credential: Credential,
  { self, roles, major, rotatorAdministers }: SetupFacts,
  judged: readonly RoleFacts[],
  rotator: string,
  now: Date,
): readonly Remark[] {
  return judged.flatMap((role) => {
    const found = judgeRole(role, role.name, credential, now).filter(({ code }) => code !== "DATABASE_REFUSED");
    const isOutOfReach = self === rotator && !rotatorAdministers && roles.get(role.name)?.manageable === false;
    return isOutOfReach ? [...found, missingRight(role.name, rotator, major)] : found;
  });
}

/** The roles as they are once both act as their owner. */
function asPlanned(judged: readonly RoleFacts[], owner: string): readonly RoleFacts[] {
  return judged.map((role) => ({
    ...role,
    settings: [...role.settings.filter((setting) => setting !== `role=${owner}`), `role=${owner}`],
    memberOf: [...new Set([...role.memberOf, owner])],
  }));
}
