import { defineControl, fail, pass, subjectOf } from "../control.ts";
import { parameterRemediation } from "../parameterControl.ts";
import { legacyFault, portMessage } from "./probeFaults.ts";

export const tlsProbeLegacyRefused = defineControl({
  meta: {
    id: "tls-probe-legacy-refused",
    title: "TLS 1.0 / 1.1 handshakes fail",
    severity: "high",
    requires: ["legacyTlsProbes"],
    frameworks: {
      published: { cisPostgresql: ["6.9"] },
      proposed: { mcsb: ["DP-3"], nist80053r5: ["SC-8", "SC-13"], pciDss401: ["4.2.1"], iso27001_2022: ["A.8.24"] },
    },
    rationale:
      "Only a real handshake shows whether an old protocol is gone on every port, the pooler's included; the parameter speaks for the server process alone.",
    remediation: parameterRemediation("ssl_min_protocol_version", "TLSv1.2"),
  },

  evaluate({ legacyTlsProbes }) {
    return legacyTlsProbes.map((probe) => {
      const { port, protocol, detail } = probe;
      const subject = subjectOf("port", String(port), protocol);
      const fault = legacyFault(probe);
      if (fault === undefined) return pass(subject, `Port ${port} refused a ${protocol} handshake (${detail}).`);
      return fail(subject, portMessage(port, [fault]));
    });
  },
});
