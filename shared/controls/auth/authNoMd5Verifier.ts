import { defineControl, fail, pass, subjectOf, unknownWithout } from "../control.ts";
import { isPlatformRole } from "../role/platformRoles.ts";

export const authNoMd5Verifier = defineControl({
  meta: {
    id: "auth-no-md5-verifier",
    title: "No role still stores an MD5 verifier",
    severity: "high",
    requires: ["roles", "passwordTypes"],
    appliesTo: ["passwordOn"],
    frameworks: {
      published: { cisPostgresql: ["8.3", "5.4"] },
      proposed: {
        mcsb: ["IM-1"],
        nist80053r5: ["IA-5(1)", "SC-13"],
        pciDss401: ["8.3.2", "8.6.3"],
        iso27001_2022: ["A.5.17"],
      },
    },
    rationale:
      "Changing the server's setting hashes nothing again: a password that was set before keeps its MD5 verifier until somebody sets it anew, and whoever gets hold of that verifier can log in with it.",
    remediation: {
      sql: `-- A verifier made by the client, as psql's \\password does: the password itself never reaches a log.
set password_encryption = 'scram-sha-256';
alter role "<role>" password '<SCRAM-SHA-256 verifier>';`,
    },
  },

  evaluate({ roles, passwordTypes }) {
    const typeOf = new Map(passwordTypes.map(({ role, type }) => [role, type]));
    const logins = roles.filter(({ name, canLogIn }) => canLogIn && !isPlatformRole(name));
    return logins.map(({ name }) => {
      const subject = subjectOf("role", name);
      const type = typeOf.get(name);
      if (type === undefined) return unknownWithout(subject, "passwordTypes", `it has no line for role ${name}.`);
      if (type === "md5") return fail(subject, `Login role ${name} stores an md5 verifier; scram-sha-256 is needed.`);
      return pass(subject, `Login role ${name} stores ${type === "none" ? "no password" : `a ${type} verifier`}.`);
    });
  },
});
