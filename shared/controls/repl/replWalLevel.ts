import { defineControl, fail, pass, subjectOf } from "../control.ts";
import { parameterNamed, parameterRemediation, sameValue } from "../parameterControl.ts";

const name = "wal_level";

export const replWalLevel = defineControl({
  meta: {
    id: "repl-wal-level",
    title: "Logical decoding is off unless approved",
    severity: "medium",
    requires: ["parameters"],
    frameworks: {
      published: { cisPostgresql: ["7.5"] },
      proposed: { mcsb: ["DP-2"], nist80053r5: ["CM-7", "AC-4"], pciDss401: ["2.2.4"], iso27001_2022: ["A.8.12"] },
    },
    rationale:
      "With wal_level logical every role with REPLICATION can read all changes of all tables as they happen, past grants and row-level security.",
    remediation: parameterRemediation(name, "replica"),
  },

  evaluate({ parameters }, { replication: { logicalApproved } }) {
    const parameter = parameterNamed(parameters, name);
    if (parameter === undefined) return [];
    const subject = subjectOf("parameter", name);
    const fact = `Parameter ${name} is "${parameter.value}"`;
    if (logicalApproved) return [pass(subject, `${fact}; the policy approves logical decoding.`)];
    if (sameValue("Enumeration", parameter.value, "logical"))
      return [fail(subject, `${fact}, and the policy approves "replica" only.`)];
    return parameter.pendingRestart === true
      ? [fail(subject, `${fact} but waits for a restart.`)]
      : [pass(subject, `${fact}.`)];
  },
});
