import type { SetupRole } from "./setupFacts.ts";
import { settingStatements } from "./settingStatements.ts";
import type { SetupStatement } from "./setupStatement.ts";

/**
 * Makes a login role equal to another in attributes, limits, settings and memberships.
 *
 * @param model undefined: with PostgreSQL's defaults
 * @param leaves whatever the caller sees to itself: the owner's membership and the setting `role`
 */
export function copyRole(
  name: string,
  model: SetupRole | undefined,
  leaves: { readonly owner: string; readonly validUntil: boolean },
  major: number,
): readonly SetupStatement[] {
  if (model === undefined) return [{ name: "role.create", template: "create role %I login", values: [name] }];
  const { inherits, createsRoles, createsDatabases, connectionLimit, validUntil } = model;
  const until = validUntil === null || leaves.validUntil ? [] : [validUntil];
  const words = [
    "create role %I login",
    ...(inherits ? [] : ["noinherit"]),
    ...(createsRoles ? ["createrole"] : []),
    ...(createsDatabases ? ["createdb"] : []),
    `connection limit ${connectionLimit}`,
    ...until.map(() => "valid until %L"),
  ];
  const memberships = model.memberOf.filter(({ role }) => role !== leaves.owner);
  const settings = model.settings.filter((setting) => !setting.startsWith("role="));
  return [
    { name: "role.create", template: words.join(" "), values: [name, ...until] },
    ...memberships.map((membership) => grantLike(membership, name, major)),
    ...settings.flatMap((setting) => settingStatements(name, null, setting)),
    ...model.databaseSettings.flatMap(({ database, settings: own }) =>
      own.flatMap((setting) => settingStatements(name, database, setting)),
    ),
  ];
}

function grantLike(
  { role, admin, inherit, set }: SetupRole["memberOf"][number],
  name: string,
  major: number,
): SetupStatement {
  const options =
    major >= 16 ? ` with admin ${admin}, inherit ${inherit}, set ${set}` : admin ? " with admin option" : "";
  return { name: "role.grant", template: `grant %I to %I${options}`, values: [role, name] };
}
