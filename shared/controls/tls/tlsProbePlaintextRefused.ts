import { defineControl, fail, pass, subjectOf } from "../control.ts";
import { parameterRemediation } from "../parameterControl.ts";
import { plaintextFault, portMessage } from "./probeFaults.ts";

export const tlsProbePlaintextRefused = defineControl({
  meta: {
    id: "tls-probe-plaintext-refused",
    title: "A real plain-text start-up is refused",
    severity: "critical",
    requires: ["plaintextProbes"],
    frameworks: {
      published: { cisPostgresql: ["6.8", "5.4", "o:5.2"] },
      proposed: { mcsb: ["DP-3"], nist80053r5: ["SC-8"], pciDss401: ["4.2.1"], iso27001_2022: ["A.8.24"] },
    },
    rationale:
      "A parameter says what someone configured; the wire says what the server does. A server that asks for authentication before TLS would let a careless client send its credentials in the clear.",
    remediation: parameterRemediation("require_secure_transport", "on"),
  },

  evaluate({ plaintextProbes }) {
    return plaintextProbes.map((probe) => {
      const subject = subjectOf("port", String(probe.port));
      const fault = plaintextFault(probe);
      if (fault === undefined)
        return pass(subject, `Port ${probe.port} refused a start-up without TLS (${probe.detail}).`);
      return fail(subject, portMessage(probe.port, [fault]));
    });
  },
});
