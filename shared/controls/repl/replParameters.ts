import { parameterControls } from "../parameterControl.ts";

export const replParameters = parameterControls([
  {
    id: "repl-log-commands",
    parameter: "log_replication_commands",
    must: { set: "on" },
    title: "Replication commands are logged",
    severity: "low",
    frameworks: {
      published: { cisPostgresql: ["7.2"] },
      proposed: { mcsb: ["LT-3"], nist80053r5: ["AU-2", "AU-12"], pciDss401: ["10.2.1"], iso27001_2022: ["A.8.15"] },
    },
    rationale:
      "Making a slot, reading a stream of changes and copying the whole server are replication commands, which no statement log shows.",
  },
]);
