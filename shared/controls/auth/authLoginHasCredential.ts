import { defineControl, fail, pass, subjectOf, unknownWithout } from "../control.ts";
import { isPlatformRole } from "../role/platformRoles.ts";

export const authLoginHasCredential = defineControl({
  meta: {
    id: "auth-login-has-credential",
    title: "No login role is without a password or Entra mapping",
    severity: "medium",
    requires: ["roles", "passwordTypes"],
    frameworks: {
      published: { cisPostgresql: ["4.10"] },
      proposed: { mcsb: ["PA-3"], nist80053r5: ["IA-2", "AC-2(3)"], pciDss401: ["8.2.1"], iso27001_2022: ["A.5.16"] },
    },
    rationale:
      "A login that nobody can use has no owner either: it waits with all its rights for the day somebody gives it a password.",
    remediation: {
      sql: `alter role "<role>" nologin;`,
    },
  },

  evaluate({ roles, passwordTypes }) {
    const typeOf = new Map(passwordTypes.map(({ role, type }) => [role, type]));
    const logins = roles.filter(({ name, canLogIn }) => canLogIn && !isPlatformRole(name));
    return logins.map(({ name, entra }) => {
      const subject = subjectOf("role", name);
      if (entra !== null) return pass(subject, `Login role ${name} belongs to an Entra ${entra.type}.`);
      const type = typeOf.get(name);
      if (type === undefined) return unknownWithout(subject, "passwordTypes", `it has no line for role ${name}.`);
      if (type === "none") return fail(subject, `Login role ${name} has neither a password nor an Entra mapping.`);
      return pass(subject, `Login role ${name} has a password.`);
    });
  },
});
