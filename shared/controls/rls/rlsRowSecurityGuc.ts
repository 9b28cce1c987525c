import { defineControl, pass, subjectOf, verdict } from "../control.ts";

const parameter = "row_security";

export const rlsRowSecurityGuc = defineControl({
  meta: {
    id: "rls-row-security-guc",
    title: "row_security is not off anywhere",
    severity: "medium",
    requires: ["settings", "roleSettings"],
    frameworks: {
      published: { cisPostgresql: ["4.7", "6.6"] },
      proposed: { mcsb: ["DP-2"], nist80053r5: ["AC-3", "CM-6"], pciDss401: ["7.2.6"], iso27001_2022: ["A.8.9"] },
    },
    rationale:
      "With row_security off a query that a policy would narrow fails, unless the role can bypass policies, and then gets every row. As a default of a server, role or database it means that somebody works around row security.",
    remediation: {
      cli: "az postgres flexible-server parameter set -g <group> -s <server> -n row_security --value on",
      sql: `-- For a default of one database: alter role … in database … reset row_security, or alter database … reset row_security.
alter role "<role>" reset row_security;`,
    },
  },

  evaluate({ settings, roleSettings }) {
    const found = settings.find(({ name }) => name === parameter);
    const ofServer =
      found === undefined
        ? []
        : [
            verdict(
              subjectOf("parameter", parameter),
              !isOff(found.value),
              `Parameter ${parameter} of the server is "${found.value}"; it must be "on".`,
            ),
          ];
    const ofRoles = roleSettings
      .filter(({ name }) => name.toLowerCase() === parameter)
      .map(({ role, database, value }) =>
        verdict(
          `roleSetting/${part(role)}/${part(database)}/${parameter}`,
          !isOff(value),
          `Parameter ${parameter} of ${placeText(role, database)} is "${value}"; it must be "on".`,
        ),
      );
    const judged = [...ofServer, ...ofRoles];
    return judged.length === 0 ? [pass("server", `Nothing sets ${parameter}.`)] : judged;
  },
});

/** As drift names them: `*` is everyone and everywhere, a role of that name is `%2A`. */
function part(name: string | null): string {
  if (name === null) return "*";
  return name === "*" ? "%2A" : subjectOf("", name).slice(1);
}

function placeText(role: string | null, database: string | null): string {
  const who = role === null ? "every role" : `role ${role}`;
  return database === null ? who : `${who} in database ${database}`;
}

/** A stored value stands as somebody typed it, and PostgreSQL takes every unambiguous beginning of a word. */
function isOff(value: string): boolean {
  const text = value.trim().toLowerCase();
  if (text === "0") return true;
  return text.length > 0 && text !== "o" && ["off", "false", "no"].some((word) => word.startsWith(text));
}
