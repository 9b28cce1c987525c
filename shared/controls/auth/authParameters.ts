import { parameterControls } from "../parameterControl.ts";

export const authParameters = parameterControls([
  {
    id: "auth-password-encryption",
    parameter: "password_encryption",
    must: { set: "scram-sha-256" },
    title: "New passwords are hashed with SCRAM",
    severity: "high",
    appliesTo: ["passwordOn"],
    frameworks: {
      published: { cisPostgresql: ["8.3", "o:8.3"] },
      proposed: {
        mcsb: ["IM-1", "DP-6"],
        nist80053r5: ["IA-5(1)", "SC-13"],
        pciDss401: ["8.3.2"],
        iso27001_2022: ["A.5.17", "A.8.24"],
      },
    },
    rationale:
      "An MD5 verifier is as good as the password itself for logging in, and is guessed quickly; a SCRAM verifier is neither.",
  },
  {
    id: "auth-scram-only",
    parameter: "azure.accepted_password_auth_method",
    must: { set: "scram-sha-256" },
    title: "MD5 authentication is not accepted",
    severity: "high",
    appliesTo: ["passwordOn"],
    frameworks: {
      published: { cisPostgresql: ["5.4", "o:5.2"] },
      proposed: { mcsb: ["IM-1"], nist80053r5: ["IA-5(1)", "IA-7"], pciDss401: ["8.3.2"], iso27001_2022: ["A.8.5"] },
    },
    rationale:
      "While the server also accepts MD5, roles with an old verifier go on logging in with it, and nobody notices that they were never changed over.",
  },
  {
    // Newer majors dropped the parameter; such a server is not applicable.
    id: "auth-throttling",
    parameter: "connection_throttle.enable",
    must: { set: "on" },
    title: "Failed-login throttling is on where it exists",
    severity: "low",
    frameworks: {
      published: { cisAzure: ["A2 4.3.5", "A3 5.2.3", "DB2 6.5"], azurePolicy: ["dacf07fa"] },
      proposed: { mcsb: ["IM-1"], nist80053r5: ["AC-7", "SC-5"], pciDss401: ["8.3.4"], iso27001_2022: ["A.8.5"] },
    },
    rationale:
      "Slowing down an address after failed logins makes guessing a password a matter of years instead of days.",
  },
]);
