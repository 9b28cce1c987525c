import { defineControl, fail, pass, subjectOf } from "../control.ts";
import { parameterRemediation } from "../parameterControl.ts";
import { negotiationFaults, portMessage } from "./probeFaults.ts";

export const tlsProbeNegotiated = defineControl({
  meta: {
    id: "tls-probe-negotiated",
    title: "Negotiated version and cipher are strong",
    severity: "medium",
    requires: ["tlsProbes"],
    frameworks: {
      published: { cisPostgresql: ["6.10"] },
      proposed: {
        mcsb: ["DP-3"],
        nist80053r5: ["SC-8", "SC-13"],
        pciDss401: ["4.2.1", "12.3.3"],
        iso27001_2022: ["A.8.24"],
      },
    },
    rationale:
      "Without an ephemeral key exchange, traffic recorded today can be read on the day the private key leaks; suites without authenticated encryption and short keys have practical attacks.",
    // The suites themselves are the platform's: ssl_ciphers is read-only.
    remediation: parameterRemediation("ssl_min_protocol_version", "TLSv1.3"),
  },

  evaluate({ tlsProbes }) {
    return tlsProbes.map((probe) => {
      const subject = subjectOf("port", String(probe.port));
      const faults = negotiationFaults(probe);
      if (faults.length > 0) return fail(subject, portMessage(probe.port, faults));
      return pass(subject, `Port ${probe.port} negotiated ${probe.protocol} with ${probe.cipher}.`);
    });
  },
});
