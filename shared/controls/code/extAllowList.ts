import { defineControl, subjectOf, verdict } from "../control.ts";
import { listValue, parameterNamed } from "../parameterControl.ts";

const name = "azure.extensions";

export const extAllowList = defineControl({
  meta: {
    id: "ext-allow-list",
    title: "azure.extensions is no wider than approved",
    severity: "medium",
    requires: ["parameters"],
    appliesTo: ["extensionsListed"],
    frameworks: {
      published: { cisPostgresql: ["1.2"] },
      proposed: { mcsb: ["PV-2"], nist80053r5: ["CM-7(5)", "CM-11"], pciDss401: ["2.2.4"], iso27001_2022: ["A.8.19"] },
    },
    rationale:
      "What this parameter lists can be installed in every database by whoever may create there, so it is the outer bound of the code that runs in the server. Without policy.code.allowedExtensions nothing is judged.",
    remediation: {
      cli: `# The approved names among those of today; dropping a name removes no installed extension.
az postgres flexible-server parameter set -g <group> -s <server> -n azure.extensions --value "<approved names>"`,
    },
  },

  evaluate({ parameters }, { code: { allowedExtensions } }) {
    const parameter = parameterNamed(parameters, name);
    if (parameter === undefined) return [];
    const allowed = new Set(allowedExtensions.map((extension) => extension.toLowerCase()));
    const listed = listValue(parameter.value);
    const excess = listed.filter((extension) => !allowed.has(extension));
    const message =
      excess.length === 0
        ? `Parameter ${name} lists ${listed.length} extensions, all of them approved.`
        : `Parameter ${name} also lists ${excess.join(", ")}, which no approval names.`;
    return [verdict(subjectOf("parameter", name), excess.length === 0, message)];
  },
});
