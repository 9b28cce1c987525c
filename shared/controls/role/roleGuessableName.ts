import { defineControl, pass, subjectOf, verdict } from "../control.ts";
import { isPlatformRole } from "./platformRoles.ts";
import { isUsableLogin } from "./usableLogin.ts";

export const roleGuessableName = defineControl({
  meta: {
    id: "role-guessable-name",
    title: "No login with a guessable name",
    severity: "low",
    requires: ["roles"],
    frameworks: {
      proposed: { mcsb: ["PA-1"], nist80053r5: ["IA-4"], pciDss401: ["2.2.2"], iso27001_2022: ["A.5.16"] },
    },
    rationale:
      "Password guessing starts with names that every list holds; a login that nobody can guess makes each try worth nothing.",
    remediation: {
      sql: `-- An MD5 password is lost by renaming, a SCRAM one is kept.
alter role "<role>" rename to "<new name>";`,
    },
  },

  evaluate({ roles }, policy, { takenAt }) {
    const guessable = new Set(policy.roles.guessableNames.map((name) => name.toLowerCase()));
    const logins = roles.filter((role) => isUsableLogin(role, takenAt) && !isPlatformRole(role.name));
    if (logins.length === 0) return [pass("server", "No login role but those of the platform.")];
    return logins.map(({ name }) => {
      const isGuessable = guessable.has(name.toLowerCase());
      const message = isGuessable
        ? `Login role ${name} has a name that is on the list of guessable names.`
        : `Login role ${name} has a name that is not on the list of guessable names.`;
      return verdict(subjectOf("role", name), !isGuessable, message);
    });
  },
});
