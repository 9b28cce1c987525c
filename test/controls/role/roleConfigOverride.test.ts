import { collected } from "../../../shared/collect/section.ts";
import { roleConfigOverride } from "../../../shared/controls/role/roleConfigOverride.ts";
import type { RoleSetting } from "../../../shared/model/catalogEvidence.ts";
import { testControl } from "../testControl.ts";
import { odd, oddSubject } from "./attributeCases.ts";

function setting(name: string, value: string, override: Partial<RoleSetting> = {}): RoleSetting {
  return { role: "ann", database: null, name, value, ...override };
}

function server(...settings: readonly RoleSetting[]) {
  return { roleSettings: collected(settings) };
}

testControl(roleConfigOverride, {
  pass: [
    { name: "nothing is set", sections: server() },
    {
      name: "settings that protect nothing, and names that only begin alike",
      sections: server(
        setting("work_mem", "64MB"),
        setting("search_path", "app"),
        setting("logical_decoding_work_mem", "64MB"),
        setting("pgaudit_log", "none"),
        setting("row_security_active", "off"),
      ),
    },
    {
      name: "values that take nothing away",
      sections: server(
        setting("row_security", "ON"),
        setting("session_replication_role", "Origin"),
        setting("password_encryption", "scram-sha-256"),
        setting("lo_compat_privileges", "false"),
        setting("log_statement", "all"),
        setting("log_duration", "true"),
        setting("pgaudit.log", "ALL"),
        setting("pgaudit.log_catalog", "on"),
      ),
    },
    { name: "roles of the platform", sections: server(setting("log_statement", "none", { role: "azuresu" })) },
  ],
  fail: [
    {
      name: "one role, one database, both, and all of them",
      sections: server(
        setting("log_statement", "none"),
        setting("pgaudit.log", "all, -misc", { database: "app" }),
        setting("row_security", "off", { role: null, database: "a/b" }),
        setting("session_replication_role", "replica", { role: odd, database: "app" }),
        setting("log_min_duration_statement", "-1", { role: null }),
      ),
      subjects: [
        "roleSetting/ann/*/log_statement",
        "roleSetting/ann/app/pgaudit.log",
        "roleSetting/*/a%2Fb/row_security",
        `roleSetting/${oddSubject}/app/session_replication_role`,
        "roleSetting/*/*/log_min_duration_statement",
      ],
      says: [
        'Setting log_statement is "none" for role ann:',
        "for role ann in database app",
        "for database a/b:",
        "for all roles:",
      ],
    },
    {
      name: "a role of the name that stands for all roles",
      sections: server(
        setting("password_encryption", "md5", { role: "*", database: "*" }),
        setting("lo_compat_privileges", "on", { role: null, database: null }),
      ),
      subjects: ["roleSetting/%2A/%2A/password_encryption", "roleSetting/*/*/lo_compat_privileges"],
    },
    {
      name: "a value that no version knows",
      sections: server(setting("row_security", "maybe"), setting("pgaudit.log", "")),
      subjects: ["roleSetting/ann/*/row_security", "roleSetting/ann/*/pgaudit.log"],
    },
  ],
});
