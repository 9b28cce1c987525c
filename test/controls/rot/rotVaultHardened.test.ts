import { collected } from "../../../shared/collect/section.ts";
import { rotVaultHardened } from "../../../shared/controls/rot/rotVaultHardened.ts";
import type { KeyVault } from "../../../shared/model/credentialEvidence.ts";
import { keyVault } from "../../builders.ts";
import { testControl } from "../testControl.ts";

function named(name: string, override: Partial<KeyVault>): KeyVault {
  return keyVault({ uri: `https://${name}.vault.azure.net`, ...override });
}

function subject(name: string): string {
  return `vault/https:%2F%2F${name}.vault.azure.net`;
}

function logging(category: string, enabled: boolean, workspaceId: string | null = "/w") {
  const destination = { workspaceId, storageAccountId: null, eventHubName: null };
  return { diagnosticSettings: [{ name: "audit", ...destination, categories: [{ category, enabled }] }] };
}

testControl(rotVaultHardened, {
  pass: [
    { name: "all four", sections: { vaults: collected([keyVault()]) } },
    {
      name: "a firewall or a perimeter in place of no address, and groups of categories",
      sections: {
        vaults: collected([
          named("acl", { publicNetworkAccess: "Enabled", defaultAction: "Deny", ...logging("group:audit", true) }),
          named("nsp", { publicNetworkAccess: "SecuredByPerimeter", ...logging("group:allLogs", true) }),
        ]),
      },
    },
  ],
  fail: [
    {
      name: "one of the four missing each, and what a body does not say",
      sections: {
        vaults: collected([
          named("policies", { rbacAuthorization: false }),
          named("purgeable", { purgeProtection: null }),
          named("open", { publicNetworkAccess: null, defaultAction: null }),
          named("allowed", { publicNetworkAccess: "Enabled", defaultAction: "Allow" }),
          named("silent", { diagnosticSettings: [] }),
          named("off", logging("AuditEvent", false)),
          named("nowhere", logging("AuditEvent", true, null)),
          named("metrics", logging("AzurePolicyEvaluationDetails", true)),
          keyVault(),
        ]),
      },
      subjects: ["policies", "purgeable", "open", "allowed", "silent", "off", "nowhere", "metrics"].map(subject),
      says: ["access policies", "no purge protection", "open to every network", "go nowhere"],
    },
  ],
  notApplicable: [{ name: "a server without credentials", sections: { vaults: collected([]) } }],
});
