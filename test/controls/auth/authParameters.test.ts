import { expect, it } from "@jest/globals";
import { collected } from "../../../shared/collect/section.ts";
import { authParameters } from "../../../shared/controls/auth/authParameters.ts";
import type { Control } from "../../../shared/controls/control.ts";
import { parameter, serverFacts } from "../../builders.ts";
import { testControl } from "../testControl.ts";

function controlNamed(id: string): Control {
  const control = authParameters.find(({ meta }) => meta.id === id);
  if (control === undefined) throw new Error(`No parameter control ${id}.`);
  return control;
}

const noPasswords = collected([serverFacts({ passwordAuthentication: "Disabled" })]);
const method = "azure.accepted_password_auth_method";
const throttle = "connection_throttle.enable";

testControl(controlNamed("auth-password-encryption"), {
  pass: [
    { name: "scram", sections: { parameters: collected([parameter("password_encryption", "scram-sha-256")]) } },
    { name: "in capitals", sections: { parameters: collected([parameter("password_encryption", "SCRAM-SHA-256")]) } },
  ],
  fail: [
    {
      name: "md5",
      sections: { parameters: collected([parameter("password_encryption", "md5")]) },
      subjects: ["parameter/password_encryption"],
    },
    {
      name: "scram that waits for a restart",
      sections: {
        parameters: collected([parameter("password_encryption", "scram-sha-256", { pendingRestart: true })]),
      },
      subjects: ["parameter/password_encryption"],
    },
  ],
  notApplicable: [
    {
      name: "passwords are off",
      sections: { server: noPasswords, parameters: collected([parameter("password_encryption", "md5")]) },
    },
  ],
});

testControl(controlNamed("auth-scram-only"), {
  pass: [
    {
      name: "a list of scram alone",
      sections: { parameters: collected([parameter(method, "scram-sha-256", { dataType: "Set" })]) },
    },
  ],
  fail: [
    {
      name: "a list of both",
      sections: { parameters: collected([parameter(method, "md5,scram-sha-256", { dataType: "Set" })]) },
      subjects: [`parameter/${method}`],
    },
    {
      name: "both, where Azure calls it an enumeration",
      sections: { parameters: collected([parameter(method, "scram-sha-256,md5")]) },
      subjects: [`parameter/${method}`],
    },
  ],
  notApplicable: [
    { name: "the server has no such parameter", sections: { parameters: collected([]) } },
    {
      name: "passwords are off",
      sections: { server: noPasswords, parameters: collected([parameter(method, "md5")]) },
    },
  ],
});

testControl(controlNamed("auth-throttling"), {
  pass: [
    {
      name: "any spelling of on",
      sections: { parameters: collected([parameter(throttle, "ON", { dataType: "Boolean" })]) },
    },
  ],
  fail: [
    {
      name: "off",
      sections: { parameters: collected([parameter(throttle, "off", { dataType: "Boolean" })]) },
      subjects: [`parameter/${throttle}`],
    },
  ],
  notApplicable: [
    {
      name: "a major that dropped the parameter",
      sections: { parameters: collected([parameter("password_encryption", "md5")]) },
    },
  ],
});

it("holds these controls and no others", () => {
  expect(authParameters.map(({ meta }) => meta.id)).toEqual([
    "auth-password-encryption",
    "auth-scram-only",
    "auth-throttling",
  ]);
});
