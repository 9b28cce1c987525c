import type { Role } from "../../model/catalogEvidence.ts";
import type { AclGroup } from "../../model/databaseEvidence.ts";
import type { Verdict } from "../../model/finding.ts";
import { defineDatabaseControl, fail, pass, subjectOf } from "../control.ts";
import { isPlatformRole } from "../role/platformRoles.ts";
import { firstOf } from "./applicationObjects.ts";
import { grantedTo, heldRoles } from "./heldRoles.ts";
import { granteeName, lettersOf } from "./privilegeNames.ts";
import { defaultSearchPath, searchPathSchemas } from "./searchPath.ts";
import { settingIn, settingOf } from "./settingIn.ts";

export const privSearchPathWritable = defineDatabaseControl({
  meta: {
    id: "priv-search-path-writable",
    title: "No search_path reaches a schema others can write",
    severity: "high",
    requires: ["settings", "roleSettings", "roles", "memberships"],
    requiresInDatabase: ["acls"],
    frameworks: {
      published: { cisPostgresql: ["8.3"] },
      proposed: {
        mcsb: ["PV-2"],
        nist80053r5: ["CM-6", "SI-10"],
        pciDss401: ["2.2.6", "6.2.4"],
        iso27001_2022: ["A.8.9"],
      },
    },
    rationale:
      "A name without a schema is looked up along search_path, and a function that fits the arguments better wins even over the built-in one. Whoever can create in a schema on that path chooses what others run (CVE-2018-1058).",
    remediation: {
      sql: `-- Either nobody but its owner creates in the schema:
revoke create on schema "<schema>" from public, "<role that creates>";
-- or sessions do not look there: alter role … set search_path, alter database … set search_path.`,
    },
  },

  // The search_path of SECURITY DEFINER functions has a control of its own, fn-definer-search-path.
  evaluateDatabase({ settings, roleSettings, roles, memberships, acls }, _policy, { database }) {
    const creators = creatorsBySchema(acls);
    const roleNamed = new Map(roles.map((role) => [role.name, role]));
    const granted = grantedTo(memberships);

    /** @param user whose sessions look along the path; null for everybody's */
    function judge(subject: string, path: string, user: string | null, whose: string): Verdict {
      const open = [...new Set(searchPathSchemas(path, user))].flatMap((schema) => {
        const others = (creators.get(schema) ?? []).filter((creator) => isOther(creator, user));
        return others.length === 0 ? [] : [`${firstOf(others.map(granteeName))} can create in schema ${schema}`];
      });
      const fact = `The search_path of ${whose} is ${path}`;
      return open.length === 0 ? pass(subject, `${fact}.`) : fail(subject, `${fact}: ${open.join("; ")}.`);
    }

    function isOther(creator: string | null, user: string | null): boolean {
      if (creator === null) return true;
      if (isPlatformRole(creator) || isTrusted(roleNamed.get(creator))) return false;
      return user === null || !heldRoles(creator, granted).has(user);
    }

    const everybody = settingIn(database, "search_path", { settings, roleSettings }) ?? defaultSearchPath;
    const own = [...new Set(roleSettings.flatMap(({ role }) => (role === null ? [] : [role])))].sort();
    return [
      judge(subjectOf("database", database), everybody, null, `sessions in database ${database}`),
      ...own.flatMap((role) => {
        if (roleNamed.get(role)?.canLogIn !== true || isPlatformRole(role)) return [];
        const path =
          settingOf(role, database, "search_path", roleSettings) ?? settingOf(role, null, "search_path", roleSettings);
        if (path === undefined) return [];
        return [judge(subjectOf("role", database, role), path, role, `role ${role} in database ${database}`)];
      }),
    ];
  },
});

/** Who has CREATE, beside the owner, whose schema it is; null is PUBLIC. */
function creatorsBySchema(acls: readonly AclGroup[]): ReadonlyMap<string, readonly (string | null)[]> {
  const creators = new Map<string, readonly (string | null)[]>();
  for (const { kind, owner, grants, objects } of acls) {
    if (kind !== "schema") continue;
    const others = grants.flatMap(({ grantee, privileges }) =>
      lettersOf(privileges).includes("C") && grantee !== owner ? [grantee] : [],
    );
    for (const schema of objects) creators.set(schema, others);
  }
  return creators;
}

/** It needs no trap to do what it wants. */
function isTrusted(role: Role | undefined): boolean {
  return role?.superuser === true;
}
