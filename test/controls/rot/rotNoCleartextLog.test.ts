import { collected } from "../../../shared/collect/section.ts";
import { rotNoCleartextLog } from "../../../shared/controls/rot/rotNoCleartextLog.ts";
import type { PasswordType, RoleSetting } from "../../../shared/model/catalogEvidence.ts";
import { managedCredential, role, serverFacts } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { given } from "./credentialCases.ts";

function setting(name: string, value: string) {
  return { name, value, unit: null, source: "configuration file", context: "superuser", pendingRestart: false };
}

function server(
  settings: Readonly<Record<string, string>>,
  logins: readonly string[],
  { overrides = [], untyped = [] }: { overrides?: readonly RoleSetting[]; untyped?: readonly string[] } = {},
) {
  const types = logins.map((name): PasswordType => ({ role: name, type: "scram-sha-256" }));
  return {
    settings: collected(Object.entries(settings).map(([name, value]) => setting(name, value))),
    roleSettings: collected(overrides),
    roles: collected([...logins, ...untyped].map((name) => role(name, { canLogIn: true }))),
    passwordTypes: collected(types),
    ...given(managedCredential({ roles: ["app"] })),
  };
}

const quiet = { log_statement: "none", log_min_duration_statement: "1000", "pgaudit.log": "all" };

testControl(rotNoCleartextLog, {
  pass: [
    { name: "no statements in the log, whoever sets passwords", sections: server(quiet, ["app", "ann"]) },
    {
      name: "every statement in the log, where rotation sets all passwords but the administrator's",
      sections: server({ log_statement: "all", log_min_duration_statement: "0" }, ["app", "pgadmin"]),
      says: ["sends verifiers only"],
    },
    {
      name: "an override that takes statements out of the log",
      sections: server(quiet, ["ann"], {
        overrides: [{ role: "ann", database: null, name: "log_statement", value: "none" }],
      }),
    },
  ],
  fail: [
    {
      name: "statements in the log, and a login whose password people set",
      sections: server({ log_statement: "ddl", log_min_duration_statement: "0", "pgaudit.log": "ddl" }, ["app", "ann"]),
      subjects: ["setting/log_statement", "setting/log_min_duration_statement"],
      says: ["sets the password of ann by hand"],
    },
    {
      name: "overrides of a role, a database and everybody",
      sections: server(quiet, ["ann"], {
        overrides: [
          { role: "ann", database: null, name: "log_statement", value: "mod" },
          { role: null, database: "app", name: "log_statement", value: "all" },
          { role: "ann", database: "app", name: "log_min_duration_statement", value: "0" },
          { role: "ann", database: null, name: "log_min_duration_statement", value: "-1" },
        ],
      }),
      subjects: [
        "roleSetting/ann/*/log_statement",
        "roleSetting/*/app/log_statement",
        "roleSetting/ann/app/log_min_duration_statement",
      ],
    },
  ],
  notApplicable: [
    {
      name: "passwords are off",
      sections: {
        ...server({ log_statement: "all" }, ["ann"]),
        server: collected([serverFacts({ passwordAuthentication: "Disabled" })]),
      },
    },
  ],
  unknown: [
    {
      name: "a login of which nobody knows whether it has a password",
      sections: server({ log_statement: "all" }, ["app"], { untyped: ["new"] }),
      subjects: ["setting/log_statement"],
      section: "passwordTypes",
    },
  ],
});
