import { defineDatabaseControl, subjectOf, verdict } from "../control.ts";
import { booleanValue, parameterRemediation } from "../parameterControl.ts";
import { isPlatformOwner } from "./applicationObjects.ts";
import { excessVerdicts } from "./excess.ts";
import { lettersOf } from "./privilegeNames.ts";
import { settingIn } from "./settingIn.ts";

const setting = "lo_compat_privileges";

export const privLargeObjects = defineDatabaseControl({
  meta: {
    id: "priv-large-objects",
    title: "Large-object privileges are enforced",
    severity: "low",
    requires: ["settings", "roleSettings"],
    requiresInDatabase: ["acls"],
    frameworks: {
      published: { cisPostgresql: ["8.3"] },
      proposed: { mcsb: ["PA-7"], nist80053r5: ["AC-3"], pciDss401: ["7.2.1"], iso27001_2022: ["A.8.3"] },
    },
    rationale:
      "Large objects are found by number, and numbers can be counted up. With the old compatibility setting nothing but the number protects them.",
    remediation: {
      ...parameterRemediation(setting, "off"),
      sql: `alter database "<database>" reset lo_compat_privileges;
revoke all on large object <oid> from public;`,
    },
  },

  evaluateDatabase({ settings, roleSettings, acls }, _policy, { database }) {
    const value = settingIn(database, setting, { settings, roleSettings }) ?? "off";
    const isEnforced = booleanValue(value) === false;
    const enforced = verdict(
      subjectOf("database", database),
      isEnforced,
      `Setting ${setting} is "${value}" in database ${database}: privileges on large objects are ${isEnforced ? "" : "not "}checked.`,
    );
    const open = acls
      .filter(({ kind, owner }) => kind === "large_object" && !isPlatformOwner(owner))
      .flatMap((group) => {
        const { objects, grants } = group;
        const letters = grants.flatMap(({ grantee, privileges }) => (grantee === null ? lettersOf(privileges) : []));
        return letters.length === 0 ? [] : [{ group, objects, holder: null, letters }];
      });
    return [enforced, ...excessVerdicts(open, { database, namesHolder: false, begin: () => "PUBLIC has" })];
  },
});
