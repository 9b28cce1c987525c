import { defineControl, fail, pass, subjectOf } from "../control.ts";
import { parameterNamed, parameterRemediation } from "../parameterControl.ts";

const parameterName = "ssl_min_protocol_version";
const versions = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];

export const tlsMinVersion = defineControl({
  meta: {
    id: "tls-min-version",
    title: "Minimum TLS is 1.2 (strict profile: 1.3)",
    severity: "high",
    requires: ["parameters"],
    frameworks: {
      published: { cisAzure: ["DB2 6.11"], cisPostgresql: ["6.9"], mcsb: ["DP-3"], azurePolicy: ["a43d5475"] },
      proposed: { nist80053r5: ["SC-8", "SC-8(1)", "SC-13"], pciDss401: ["4.2.1"], iso27001_2022: ["A.8.24"] },
    },
    rationale:
      "TLS 1.0 and 1.1 rest on SHA-1 and on ciphers with known attacks. As long as the server accepts them, an attacker in the middle may be able to bring a client down to them.",
    remediation: parameterRemediation(parameterName, "TLSv1.2"),
  },

  evaluate({ parameters }, { tls: { minimum } }) {
    const parameter = parameterNamed(parameters, parameterName);
    if (parameter === undefined) return [];
    const subject = subjectOf("parameter", parameterName);
    const met = `Parameter ${parameterName} is "${parameter.value}"`;
    // No minimum at all, and a version this list does not know, are below every minimum.
    if (versionRank(parameter.value) < versionRank(minimum))
      return [fail(subject, `${met}; it must be at least ${minimum}.`)];
    if (parameter.pendingRestart === true) return [fail(subject, `${met} but waits for a restart.`)];
    return [pass(subject, `${met}; the policy asks for ${minimum}.`)];
  },
});

/** Position among the versions, case ignored as for any enumeration; -1 for anything else. */
function versionRank(version: string): number {
  return versions.findIndex((known) => known.toLowerCase() === version.trim().toLowerCase());
}
