import { defineControl, subjectOf, verdict } from "../control.ts";
import { listValue, parameterNamed, parameterRemediation } from "../parameterControl.ts";

const parameter = "shared_preload_libraries";

export const roleReservedSetUser = defineControl({
  meta: {
    id: "role-reserved-set-user",
    title: "Privileged work goes through set_user where offered",
    severity: "info",
    requires: ["parameters"],
    frameworks: {
      published: { cisPostgresql: ["4.8", "o:4.6"] },
      proposed: {
        mcsb: ["PA-1"],
        nist80053r5: ["AC-6(9)", "AU-12"],
        pciDss401: ["10.2.1.2"],
        iso27001_2022: ["A.8.18"],
      },
    },
    rationale:
      "With set_user an administrator works as nobody in particular until it raises itself, and everything between is logged; SET ROLE alone leaves one line.",
    remediation: parameterRemediation(parameter, "<libraries that are loaded already>,set_user"),
  },

  evaluate({ parameters }) {
    const libraries = parameterNamed(parameters, parameter);
    if (libraries === undefined || !listValue(libraries.allowedValues ?? "").includes("set_user")) return [];
    const isLoaded = listValue(libraries.value).includes("set_user");
    const message = `Parameter ${parameter} is "${libraries.value}"; the server offers set_user${isLoaded ? "" : ", which is not loaded"}.`;
    return [verdict(subjectOf("parameter", parameter), isLoaded, message)];
  },
});
