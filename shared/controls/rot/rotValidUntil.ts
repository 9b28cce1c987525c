import type { ManagedCredential } from "../../model/credentialEvidence.ts";
import { defineControl, fail, pass, subjectOf, unknownWithout } from "../control.ts";
import { administratorLoginOf, passwordLogins } from "./passwordLogins.ts";
import { dayMs } from "./seenCredential.ts";

export const rotValidUntil = defineControl({
  meta: {
    id: "rot-valid-until",
    title: "Passwords end by themselves, and not before their rotation",
    severity: "medium",
    requires: ["server", "roles", "passwordTypes"],
    mayRead: ["credentials"],
    appliesTo: ["passwordOn"],
    frameworks: {
      published: { cisPostgresql: ["4.4"] },
      proposed: {
        mcsb: ["PA-3"],
        nist80053r5: ["IA-5", "AC-2(3)"],
        pciDss401: ["8.3.9", "8.2.6"],
        iso27001_2022: ["A.5.17"],
      },
    },
    rationale:
      "VALID UNTIL is the only end of a password that PostgreSQL itself enforces: with it a forgotten login closes although nobody rotates it. Too near, it is an outage with a date.",
    remediation: {
      cli: `# For a rotated role, in its entry of credentials in pgwarden.yaml; each rotation then sets it anew:
validFor: 120d`,
      sql: `alter role "<role>" valid until '<instant>';`,
    },
  },

  evaluate({ server, roles, passwordTypes, credentials }, { rotation }, { takenAt }) {
    const { validUntilGraceDays: grace, maxValidDays: most } = rotation;
    const { certain, doubtful } = passwordLogins(roles, passwordTypes);
    const administrator = administratorLoginOf(server);
    const now = Date.parse(takenAt);
    const judged = certain
      // It must never lock itself out; how old its password is, rot-admin-age tells.
      .filter(({ name }) => name !== administrator)
      .map(({ name, validUntil }) => {
        const subject = subjectOf("role", name);
        if (validUntil === null || validUntil === "infinity")
          return fail(subject, `The password of role ${name} never ends (VALID UNTIL); it may last ${most} days.`);
        const fact = `The password of role ${name} is valid until ${validUntil}`;
        const left = Date.parse(validUntil) - now;
        if (left <= 0) {
          if (credentials === null) return unknownWithout(subject, "credentials");
          if (isResting(name, credentials)) return pass(subject, `${fact}: it rests until the next rotation.`);
          return fail(subject, `${fact}, which is over: nobody logs in with it.`);
        }
        if (left <= grace * dayMs) return fail(subject, `${fact}; more than ${grace} days ahead are needed.`);
        if (left > most * dayMs) return fail(subject, `${fact}; at most ${most} days ahead are allowed.`);
        return pass(subject, `${fact}.`);
      });
    const unsure = doubtful.map(({ name }) =>
      unknownWithout(subjectOf("role", name), "passwordTypes", `it has no line for role ${name}.`),
    );
    return [...judged, ...unsure];
  },
});

/** The role of an alternating pair that nobody is given at present. */
function isResting(role: string, credentials: readonly ManagedCredential[]): boolean {
  return credentials.some(({ strategy, roles, seen }) => {
    const user = seen?.published?.user ?? null;
    return strategy === "alternating" && roles.includes(role) && user !== null && user !== role;
  });
}
