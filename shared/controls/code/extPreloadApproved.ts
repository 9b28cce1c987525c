import { defineControl, fail, pass, subjectOf } from "../control.ts";
import { listValue, parameterNamed } from "../parameterControl.ts";

const name = "shared_preload_libraries";
const audit = "pgaudit";

export const extPreloadApproved = defineControl({
  meta: {
    id: "ext-preload-approved",
    title: "shared_preload_libraries is what was approved and keeps pgaudit",
    severity: "medium",
    requires: ["parameters"],
    appliesTo: ["preloadListed"],
    frameworks: {
      published: { cisPostgresql: ["3.2", "6.3"], azurePolicy: ["dd626066"] },
      proposed: {
        mcsb: ["PV-2", "LT-3"],
        nist80053r5: ["CM-7", "AU-12"],
        pciDss401: ["10.2.1", "2.2.6"],
        iso27001_2022: ["A.8.15", "A.8.19"],
      },
    },
    rationale:
      "These libraries run inside every server process. One too many is foreign code everywhere; one too few, such as pgaudit after somebody set the list to a single name, ends the audit trail without an error. Without policy.code.preloadLibraries nothing is judged.",
    remediation: {
      cli: `# Append to what is there: a list that is set anew drops the libraries that it does not name.
libraries=$(az postgres flexible-server parameter show -g <group> -s <server> -n shared_preload_libraries --query value -o tsv)
az postgres flexible-server parameter set -g <group> -s <server> -n shared_preload_libraries --value "$libraries,<missing library>"
az postgres flexible-server restart -g <group> -n <server>`,
    },
  },

  evaluate({ parameters }, { code: { preloadLibraries } }) {
    const parameter = parameterNamed(parameters, name);
    if (parameter === undefined) return [];
    const subject = subjectOf("parameter", name);
    const fact = `Parameter ${name} is "${parameter.value}"`;
    const approved = new Set([...preloadLibraries.map((library) => library.toLowerCase()), audit]);
    const loaded = new Set(listValue(parameter.value));
    const missing = [...approved.difference(loaded)].sort();
    const excess = [...loaded.difference(approved)].sort();
    const faults = [
      ...(missing.length === 0 ? [] : [`it lacks ${missing.join(", ")}`]),
      ...(excess.length === 0 ? [] : [`no approval names ${excess.join(", ")}`]),
    ];
    if (faults.length > 0) return [fail(subject, `${fact}: ${faults.join(", and ")}.`)];
    return parameter.pendingRestart === true
      ? [fail(subject, `${fact} but waits for a restart.`)]
      : [pass(subject, `${fact}, as approved.`)];
  },
});
