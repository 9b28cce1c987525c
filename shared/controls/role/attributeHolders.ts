import type { RoleAttribute } from "../../access/membershipClosure.ts";
import type { Role } from "../../model/catalogEvidence.ts";
import type { Verdict } from "../../model/finding.ts";
import type { ServerFacts } from "../../model/armEvidence.ts";
import { fail, type Gap, pass, subjectOf, unknownWithout } from "../control.ts";

interface Attribute {
  readonly name: RoleAttribute;
  /** As SQL writes it. */
  readonly keyword: string;
}

/** One verdict per holder of an attribute. `allowed` says why one may hold it; undefined fails. */
export function judgeHolders(
  roles: readonly Role[],
  { name: attribute, keyword }: Attribute,
  allowed: (role: Role) => string | undefined,
): readonly Verdict[] {
  const holders = roles.filter((role) => role[attribute]);
  if (holders.length === 0) return [pass("server", `No role has ${keyword}.`)];
  return holders.map((role) => {
    const subject = subjectOf("role", role.name);
    const reason = allowed(role);
    if (reason !== undefined) return pass(subject, `Role ${role.name} has ${keyword}: ${reason}.`);
    return fail(subject, `Role ${role.name} has ${keyword}, and no approval names it.`);
  });
}

/**
 * A fail about a role becomes unknown while nobody knows the administrator login: it may be that very role.
 *
 * @param server null when the section could not be read
 */
export function unlessAdministrator(
  verdicts: readonly Verdict[],
  server: readonly ServerFacts[] | null,
): readonly (Verdict | Gap)[] {
  if (server !== null) return verdicts;
  return verdicts.map((verdict) => (verdict.outcome === "pass" ? verdict : unknownWithout(verdict.subject, "server")));
}

/** Why an approved list of the policy lets a name pass. */
export function approvedBy(list: readonly string[], name: string): string | undefined {
  return list.includes(name) ? "the policy approves it" : undefined;
}
