import type { RotationExemption } from "../../model/policy.ts";
import { defineControl, fail, pass, subjectOf, unknownWithout } from "../control.ts";
import { passwordLogins, rotatedRoles } from "./passwordLogins.ts";

export const rotCoverage = defineControl({
  meta: {
    id: "rot-coverage",
    title: "Every login with a password is rotated or exempted",
    severity: "high",
    requires: ["server", "roles", "passwordTypes", "credentials"],
    appliesTo: ["passwordOn"],
    frameworks: {
      proposed: {
        mcsb: ["PA-3", "IM-8"],
        nist80053r5: ["AC-2", "IA-5"],
        pciDss401: ["8.6.3", "8.3.9"],
        iso27001_2022: ["A.5.17", "A.5.18"],
      },
    },
    rationale:
      "The password that nobody rotates is the one that leaks: it was set once, by hand, and stands in a file that nobody remembers. An exemption has a reason and an end, so that it is looked at again.",
    remediation: {
      cli: `pgwarden credentials init <credential>
# or, in policy.rotation.exemptions of pgwarden.yaml:
- { role: <role>, reason: <reason>, expires: <day> }`,
      sql: `alter role "<role>" password null; -- logs in with Entra, or not at all`,
    },
  },

  evaluate({ server, roles, passwordTypes, credentials }, { rotation }, { takenAt, server: { name: serverName } }) {
    const rotated = rotatedRoles(credentials, server);
    const { certain, doubtful } = passwordLogins(roles, passwordTypes);
    const exemptions = rotation.exemptions.filter(
      ({ server: only }) => only === undefined || only === serverName.toLowerCase(),
    );
    const judged = certain.map(({ name }) => {
      const subject = subjectOf("role", name);
      const credential = rotated.get(name);
      if (credential?.enabled === true)
        return pass(subject, `Role ${name} is rotated by credential ${credential.name}.`);
      const exemption = lastOf(exemptions.filter(({ role }) => role === name));
      if (exemption !== undefined && Date.parse(takenAt) < Date.parse(exemption.expires)) {
        const { expires, reason } = exemption;
        return pass(subject, `Role ${name} is exempted from rotation until ${expires}: ${reason}`);
      }
      if (exemption !== undefined)
        return fail(subject, `Role ${name} is not rotated; its exemption ended on ${exemption.expires}.`);
      if (credential !== undefined)
        return fail(subject, `Role ${name} is not rotated: credential ${credential.name} is not enabled.`);
      return fail(subject, `Role ${name} logs in with a password that no credential rotates.`);
    });
    const unsure = doubtful
      .filter(({ name }) => rotated.get(name)?.enabled !== true)
      .map(({ name }) => unknownWithout(subjectOf("role", name), "passwordTypes", `it has no line for role ${name}.`));
    return [...judged, ...unsure];
  },
});

function lastOf(exemptions: readonly RotationExemption[]): RotationExemption | undefined {
  return exemptions.toSorted((a, b) => Date.parse(b.expires) - Date.parse(a.expires))[0];
}
