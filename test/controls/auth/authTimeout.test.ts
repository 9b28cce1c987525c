import { collected } from "../../../shared/collect/section.ts";
import { authTimeout } from "../../../shared/controls/auth/authTimeout.ts";
import type { Parameter } from "../../../shared/model/armEvidence.ts";
import { parameter, policy } from "../../builders.ts";
import { testControl } from "../testControl.ts";

function timeout(value: string, override: Partial<Parameter> = {}) {
  const item = parameter("authentication_timeout", value, { dataType: "Integer", unit: "seconds", ...override });
  return { parameters: collected([item]) };
}

const subjects = ["parameter/authentication_timeout"];

testControl(authTimeout, {
  pass: [
    { name: "exactly the limit", sections: timeout("60") },
    { name: "seconds when no unit is given", sections: timeout("30", { unit: null }) },
    { name: "a unit behind the number", sections: timeout("1min") },
    { name: "milliseconds", sections: timeout("60000", { unit: "ms" }) },
  ],
  fail: [
    { name: "one second too many", sections: timeout("61"), subjects },
    { name: "two minutes", sections: timeout("2 min"), subjects },
    {
      name: "a stricter limit of the policy",
      policy: policy({ authentication: { timeoutSeconds: 20 } }),
      sections: timeout("30"),
      subjects,
    },
  ],
  unknown: [
    { name: "a value that is no number", sections: timeout("soon"), subjects, section: "parameters" },
    { name: "an unknown unit", sections: timeout("6", { unit: "8kB" }), subjects, section: "parameters" },
  ],
  notApplicable: [
    { name: "the service keeps the parameter to itself", sections: timeout("600", { readOnly: true }) },
    { name: "the server does not list it", sections: { parameters: collected([]) } },
  ],
});
