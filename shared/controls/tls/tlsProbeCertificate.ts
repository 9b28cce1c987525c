import { defineControl, fail, pass, subjectOf } from "../control.ts";
import { certificateFaults, portMessage } from "./probeFaults.ts";

export const tlsProbeCertificate = defineControl({
  meta: {
    id: "tls-probe-certificate",
    title: "Server certificate chains to an expected Azure root and is not near expiry",
    severity: "medium",
    requires: ["tlsProbes"],
    frameworks: {
      published: { cisPostgresql: ["6.8"] },
      proposed: {
        mcsb: ["DP-3"],
        nist80053r5: ["SC-8", "SC-12", "SC-17"],
        pciDss401: ["4.2.1.1"],
        iso27001_2022: ["A.8.24"],
      },
    },
    rationale:
      "Clients that verify the server stop working when its certificate runs out, and meet something else than the server when it chains elsewhere. The service renews its certificates itself, so a late one is a sign of trouble.",
    remediation: {
      cli: `# The platform owns the certificate. A restart makes the server load a renewed one:
az postgres flexible-server restart -g <group> -n <server>
# A name that does not match or another root means that the address leads elsewhere: compare with
az postgres flexible-server show -g <group> -n <server> --query fullyQualifiedDomainName`,
    },
  },

  evaluate({ tlsProbes }, { tls }, { takenAt }) {
    return tlsProbes.map((probe) => {
      const subject = subjectOf("port", String(probe.port));
      const faults = certificateFaults(probe, tls, takenAt);
      if (faults.length > 0) return fail(subject, portMessage(probe.port, faults));
      return pass(subject, `Port ${probe.port} has a certificate valid until ${probe.chain[0]?.notAfter ?? ""}.`);
    });
  },
});
