import { defineControl, fail, pass, subjectOf } from "../control.ts";
import { entraAdministratorRemediation } from "./entraAdministratorRemediation.ts";

/** Without case: Azure's own answers spell types in several ways. */
const impersonal: ReadonlySet<string> = new Set(["group", "serviceprincipal"]);

export const authEntraAdminGroup = defineControl({
  meta: {
    id: "auth-entra-admin-group",
    title: "Entra admins are groups or managed identities, not people",
    severity: "low",
    requires: ["entraAdministrators"],
    appliesTo: ["entraOn"],
    frameworks: {
      proposed: {
        mcsb: ["PA-1", "PA-7"],
        nist80053r5: ["AC-2(7)", "AC-6(5)"],
        pciDss401: ["7.2.2"],
        iso27001_2022: ["A.8.2"],
      },
    },
    rationale:
      "Who is in a group can be approved, reviewed and made to expire in Entra. A person named on the server stays administrator when their work changes.",
    remediation: entraAdministratorRemediation,
  },

  evaluate({ entraAdministrators }, policy) {
    const breakGlass = policy.entra.breakGlass.map((objectId) => objectId.toLowerCase());
    return entraAdministrators.map(({ objectId, principalName, principalType }) => {
      const subject = subjectOf("entraAdministrator", objectId);
      const fact = `Entra administrator ${principalName} (${objectId}) is of type ${principalType}`;
      if (impersonal.has(principalType.toLowerCase())) return pass(subject, `${fact}.`);
      if (breakGlass.includes(objectId.toLowerCase())) return pass(subject, `${fact}, approved for emergencies.`);
      return fail(subject, `${fact}; Group or ServicePrincipal is wanted.`);
    });
  },
});
