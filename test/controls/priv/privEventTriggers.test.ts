import { collected } from "../../../shared/collect/section.ts";
import { privEventTriggers } from "../../../shared/controls/priv/privEventTriggers.ts";
import type { EventTrigger } from "../../../shared/model/databaseEvidence.ts";
import { policy } from "../../builders.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";

function triggers(...given: readonly Partial<EventTrigger>[]) {
  const one = { name: "audit_ddl", event: "ddl_command_end", enabled: "O", owner: "ann", function: "audit.log_ddl" };
  return { eventTriggers: collected(given.map((override) => ({ ...one, ...override }))) };
}

testControl(privEventTriggers, {
  pass: [
    { name: "none", sections: {}, database: triggers() },
    {
      name: "approved ones, also while disabled, and the platform's",
      policy: policy({ privileges: { approvedEventTriggers: ["audit_ddl", odd] } }),
      sections: {},
      database: triggers({}, { name: odd, enabled: "D" }, { name: "azure_guard", owner: "azuresu" }),
      says: [", disabled, calls"],
    },
  ],
  fail: [
    {
      name: "others, disabled or not",
      policy: policy({ privileges: { approvedEventTriggers: ["audit_ddl"] } }),
      sections: {},
      database: triggers({}, { name: "Audit_ddl" }, { name: odd, event: "login", enabled: "D" }),
      subjects: ["eventTrigger/app/Audit_ddl", `eventTrigger/app/${oddSubject}`],
      says: ["calls audit.log_ddl on login, and no approval names it"],
    },
  ],
});
