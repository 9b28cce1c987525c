import type { Credential } from "../../model/credential.ts";
import type { Remark } from "../tickReport.ts";
import type { SetupFacts, SetupRole } from "./setupFacts.ts";

/**
 * What one role of a pair owns or was granted and the other was not: the application would lose it with the switch. The
 * catalog names such objects across all databases; that both were granted different things on the same is not seen.
 */
export function ownRights(
  { roles: pair }: Pick<Credential, "roles">,
  owner: string,
  { roles }: Pick<SetupFacts, "roles">,
): readonly Remark[] {
  const [first, second] = pair.map((name) => roles.get(name));
  if (digestOf(first) === digestOf(second)) return [];
  return [first, second].flatMap((role) => {
    if (role === undefined || role.own.length === 0) return [];
    const where = role.own.map(({ database, objects }) => `${objects} in ${database ?? "the whole server"}`).join(", ");
    const quoted = [role.name, owner].map((name) => `"${name.replaceAll('"', '""')}"`);
    return {
      code: "PAIR_DRIFT",
      message: `Role ${role.name} owns objects, or was granted rights on them, that the other role of the pair does not share: ${where}.`,
      remedy:
        `Make ${role.name} the owner of a pair of two new roles in pgwarden.yaml, which needs no change of its objects; ` +
        `or in each of these databases REASSIGN OWNED BY ${quoted.join(" TO ")}, and grant ${owner} what ${role.name} was granted.`,
    };
  });
}

function digestOf(role: SetupRole | undefined): string {
  return JSON.stringify((role?.own ?? []).map(({ database, digest }) => [database, digest]));
}
