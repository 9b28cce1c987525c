import { collected } from "../../../shared/collect/section.ts";
import { rlsRowSecurityGuc } from "../../../shared/controls/rls/rlsRowSecurityGuc.ts";
import type { RoleSetting, Setting } from "../../../shared/model/catalogEvidence.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";

function settings(value: string, ...roleSettings: readonly Partial<RoleSetting>[]) {
  const setting: Setting = {
    ...{ name: "row_security", value, unit: null, source: "default", context: "user", pendingRestart: false },
  };
  return {
    settings: collected([setting]),
    roleSettings: collected(
      roleSettings.map((override) => ({ role: null, database: null, name: "row_security", value: "off", ...override })),
    ),
  };
}

testControl(rlsRowSecurityGuc, {
  pass: [
    { name: "on", sections: settings("on") },
    {
      name: "other settings off, and row_security on, by whatever spelling",
      sections: settings(
        "on",
        { name: "jit" },
        { name: "row_security_x" },
        ...["on", "ON", "true", "1", "yes", "y", "t"].map((value, index) => ({ role: `r${index}`, value })),
      ),
    },
    { name: "nothing that sets it", sections: { settings: collected([]), roleSettings: collected([]) } },
  ],
  fail: [
    { name: "the server", sections: settings("off"), subjects: ["parameter/row_security"] },
    {
      name: "roles and databases, alone and together",
      sections: settings(
        "on",
        { role: odd },
        { database: odd },
        { role: "a", database: "b", value: "OFF" },
        { role: "*" },
        {},
        ...["false", "no", "0", "of", "f", "n"].map((value, index) => ({ role: `r${index}`, value })),
      ),
      subjects: [
        `roleSetting/${oddSubject}/*/row_security`,
        `roleSetting/*/${oddSubject}/row_security`,
        "roleSetting/a/b/row_security",
        "roleSetting/%2A/*/row_security",
        "roleSetting/*/*/row_security",
        ...["r0", "r1", "r2", "r3", "r4", "r5"].map((name) => `roleSetting/${name}/*/row_security`),
      ],
    },
  ],
});
