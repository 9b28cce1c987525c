import { reach } from "../../access/membershipClosure.ts";
import { defineControl, fail, pass, subjectOf, unknownWithout } from "../control.ts";
import { approvedBy } from "../role/attributeHolders.ts";
import { birthright } from "../role/birthrights.ts";

/** Roles that azure_storage and azure_ai make for those who manage the keys that they keep; names not yet confirmed. */
const stores: readonly (readonly [role: string, keeps: string])[] = [
  ["azure_storage_admin", "the keys of storage accounts"],
  ["azure_ai_settings_manager", "the keys of AI services"],
];

export const extCredentialStores = defineControl({
  meta: {
    id: "ext-credential-stores",
    title: "Keys inside extensions are read by approved roles only",
    severity: "medium",
    requires: ["roles", "memberships", "context"],
    mayRead: ["server", "entraAdministrators"],
    frameworks: {
      proposed: { mcsb: ["IM-8"], nist80053r5: ["IA-5(7)"], pciDss401: ["8.6.2"], iso27001_2022: ["A.5.17"] },
    },
    rationale:
      "azure_storage and azure_ai keep keys of other services in tables of the database. Whoever manages them can use the keys, and with them data that lies outside. A managed identity needs no stored key at all.",
    remediation: { sql: `revoke "<managing role>" from "<member>";` },
  },

  evaluate({ roles, memberships, context, ...birth }, { code }) {
    const versionNum = context[0]?.versionNum ?? 0;
    return stores.flatMap(([store, keeps]) => {
      if (!roles.some(({ name }) => name === store)) return [];
      const reached = reach({ kind: "role", name: store }, memberships, roles, { versionNum });
      const members = roles.filter(({ name, canLogIn }) => {
        const how = reached.get(name)?.how;
        return canLogIn && (how === "inherit" || how === "set");
      });
      if (members.length === 0) return [pass(subjectOf("role", store), `No login is a member of ${store}.`)];
      return members.map((role) => {
        const subject = subjectOf("membership", store, role.name);
        const fact = `Role ${role.name} manages ${keeps} (${reached.get(role.name)?.path.join(" > ") ?? store})`;
        const reason = birthright(role, birth) ?? approvedBy(code.approvedCredentialReaders, role.name);
        if (reason !== undefined) return pass(subject, `${fact}: ${reason}.`);
        return birth.server === null
          ? unknownWithout(subject, "server")
          : fail(subject, `${fact}, and no approval names it.`);
      });
    });
  },
});
