import { defineControl, subjectOf, verdict } from "../control.ts";
import { authConfigRemediation } from "./authConfigRemediation.ts";

export const authEntraTenant = defineControl({
  meta: {
    id: "auth-entra-tenant",
    title: "Server and admins belong to the expected tenant",
    severity: "high",
    requires: ["server", "entraAdministrators"],
    appliesTo: ["entraOn", "tenantConfigured"],
    frameworks: {
      proposed: { mcsb: ["IM-1"], nist80053r5: ["IA-2", "IA-8"], pciDss401: ["8.2.1"], iso27001_2022: ["A.5.16"] },
    },
    rationale:
      "The tenant decides whose accounts, whose sign-in rules and whose administrators stand behind a token. An identity of another tenant is out of reach of all of ours.",
    remediation: {
      ...authConfigRemediation("--microsoft-entra-auth Enabled", true, true),
      cli: `az postgres flexible-server microsoft-entra-admin delete -g <group> -s <server> --object-id <object id>`,
    },
  },

  evaluate({ server, entraAdministrators }, policy) {
    const expected = policy.entra.tenantId;
    if (expected === null) return [];

    function judge(subject: string, what: string, tenantId: string | null) {
      const isExpected = tenantId?.toLowerCase() === expected?.toLowerCase();
      return verdict(
        subject,
        isExpected,
        `${what} belongs to tenant ${tenantId ?? "(not stated)"}; expected is ${expected ?? ""}.`,
      );
    }

    return [
      ...server.map(({ name, tenantId }) => judge("server", `Server ${name}`, tenantId)),
      ...entraAdministrators.map(({ objectId, principalName, tenantId }) =>
        judge(
          subjectOf("entraAdministrator", objectId),
          `Entra administrator ${principalName} (${objectId})`,
          tenantId,
        ),
      ),
    ];
  },
});
