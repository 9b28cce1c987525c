import type { RoleSetting } from "../../model/catalogEvidence.ts";
import { defineControl, fail, pass, subjectOf } from "../control.ts";
import { booleanValue, listValue } from "../parameterControl.ts";
import { isPlatformRole } from "./platformRoles.ts";

interface Watched {
  readonly isMet: (name: string) => boolean;
  /** A value that takes nothing from what the server asks for. */
  readonly isHarmless: (value: string) => boolean;
  readonly consequence: string;
}

/** The first row that a name meets. Which schemas a search_path may name is judged per database, with their ACLs. */
const watched: readonly Watched[] = [
  {
    isMet: (name) => name === "row_security",
    isHarmless: isOn,
    consequence: "its queries see past policies or fail",
  },
  {
    isMet: (name) => name === "session_replication_role",
    isHarmless: (value) => value.toLowerCase() === "origin",
    consequence: "triggers and foreign keys no longer fire",
  },
  {
    isMet: (name) => name === "password_encryption",
    isHarmless: (value) => value.toLowerCase() === "scram-sha-256",
    consequence: "passwords that it sets are stored in a weaker form",
  },
  {
    isMet: (name) => name === "lo_compat_privileges",
    isHarmless: (value) => booleanValue(value) === false,
    consequence: "privileges on large objects are not checked",
  },
  {
    isMet: (name) => name === "log_statement",
    isHarmless: (value) => value.toLowerCase() === "all",
    consequence: "its statements are logged by another rule than the server's",
  },
  {
    isMet: (name) => name === "pgaudit.log",
    isHarmless: (value) => listValue(value).join() === "all",
    consequence: "its statements are audited by another rule than the server's",
  },
  {
    isMet: (name) => name.startsWith("pgaudit.") || name.startsWith("log_"),
    isHarmless: isOn,
    consequence: "the log shows something else of it than of others",
  },
];

export const roleConfigOverride = defineControl({
  meta: {
    id: "role-config-override",
    title: "No role/database setting weakens security",
    severity: "high",
    requires: ["roleSettings"],
    frameworks: {
      published: { cisPostgresql: ["6.5", "6.6", "8.3"] },
      proposed: {
        mcsb: ["PV-2", "LT-3"],
        nist80053r5: ["CM-6", "AU-12"],
        pciDss401: ["10.2.1", "2.2.6"],
        iso27001_2022: ["A.8.9", "A.8.15"],
      },
    },
    rationale:
      "A setting tied to one role or database wins over the server's parameter and shows up in none of the portal's pages: logging, auditing and row security can be off for the one login that matters while the server looks right.",
    remediation: {
      sql: `-- As the message says where it is set: for a role, for a role in one database, or for a database.
alter role "<role>" reset "<setting>";
alter role "<role>" in database "<database>" reset "<setting>";
alter database "<database>" reset "<setting>";`,
    },
  },

  evaluate({ roleSettings }) {
    const judged = roleSettings.flatMap((setting) => {
      const rule = watched.find(({ isMet }) => isMet(setting.name.toLowerCase()));
      if (rule === undefined) return [];
      const { role, value } = setting;
      const subject = subjectOf(within(within("roleSetting", role), setting.database), setting.name);
      const fact = `Setting ${setting.name} is "${value}" for ${placeText(setting)}`;
      if (role !== null && isPlatformRole(role)) return [pass(subject, `${fact}: it is a role of the platform.`)];
      if (rule.isHarmless(value)) return [pass(subject, `${fact}.`)];
      return [fail(subject, `${fact}: ${rule.consequence}.`)];
    });
    return judged.length === 0 ? [pass("server", "No role or database overrides a setting that protects.")] : judged;
  },
});

function isOn(value: string): boolean {
  return booleanValue(value) === true;
}

export function placeText({ role, database }: RoleSetting): string {
  if (role === null) return database === null ? "all roles" : `database ${database}`;
  return database === null ? `role ${role}` : `role ${role} in database ${database}`;
}

/** `*` is every one; a role or database of that name is `%2A`, as in snapshots. */
export function within(subject: string, name: string | null): string {
  if (name === null) return `${subject}/*`;
  return name === "*" ? `${subject}/%2A` : subjectOf(subject, name);
}
