import { parameterControls } from "../parameterControl.ts";

export const tlsParameters = parameterControls([
  {
    id: "tls-require-secure-transport",
    parameter: "require_secure_transport",
    must: { set: "on" },
    title: "Server refuses clear-text connections",
    severity: "critical",
    frameworks: {
      published: {
        cisAzure: ["A2 4.3.1", "A3 5.2.1", "DB2 6.10"],
        cisPostgresql: ["6.8"],
        azurePolicy: ["c29c38cb"],
        nist80053r5: ["SC-8", "SC-8(1)"],
      },
      proposed: { mcsb: ["DP-3"], pciDss401: ["4.2.1"], iso27001_2022: ["A.8.24"] },
    },
    rationale:
      "With the parameter off the server also takes connections without TLS: whoever can read the network reads queries, results and, with password authentication, enough to attack the password.",
  },
  {
    id: "tls-max-version-uncapped",
    parameter: "ssl_max_protocol_version",
    // Microsoft advises to leave it unset: the empty value is no upper bound.
    must: { set: "", orOneOf: ["TLSv1.3"] },
    title: "TLS 1.3 is not switched off by a maximum version",
    severity: "medium",
    frameworks: {
      proposed: { mcsb: ["DP-3"], nist80053r5: ["SC-8", "SC-13"], pciDss401: ["4.2.1"], iso27001_2022: ["A.8.24"] },
    },
    rationale:
      "A maximum below TLS 1.3 denies every client the better protocol, and stays behind unnoticed when the reason for it is gone.",
  },
]);
