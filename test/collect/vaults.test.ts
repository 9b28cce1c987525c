import { describe, expect, it } from "@jest/globals";
import { CollectError } from "../../shared/collect/collectError.ts";
import { collectVaults } from "../../shared/collect/vaults.ts";
import { memoryArm, memoryResourceGraph } from "../fakes/memoryArm.ts";

const forever = new AbortController().signal;
const uri = "https://shop.vault.azure.net";
const id = "/subscriptions/s/resourcegroups/kv/providers/microsoft.keyvault/vaults/shop";
const settings = `${id}/providers/Microsoft.Insights/diagnosticSettings`;

function graph(...rows: readonly unknown[]) {
  return memoryResourceGraph({ "microsoft.keyvault/vaults": { rows, truncated: false } });
}

const shown = graph({ id: id.toUpperCase(), uri: "https://Shop.vault.azure.net/" });

describe("collectVaults", () => {
  it("reads a vault and where its log goes, and makes up nothing that the body lacks", async () => {
    const arm = memoryArm({
      [id]: {
        id,
        properties: {
          enableRbacAuthorization: false,
          enableSoftDelete: true,
          publicNetworkAccess: "Enabled",
          networkAcls: { defaultAction: "Deny" },
          vaultUri: `${uri}/`,
        },
      },
      [settings]: {
        value: [
          {
            name: "audit",
            properties: { workspaceId: "/W", logs: [{ categoryGroup: "audit", enabled: true }] },
          },
        ],
      },
    });

    expect(await collectVaults([uri], arm, shown, forever)).toEqual([
      {
        uri,
        id,
        rbacAuthorization: false,
        softDelete: true,
        purgeProtection: null,
        publicNetworkAccess: "Enabled",
        defaultAction: "Deny",
        diagnosticSettings: [
          {
            name: "audit",
            workspaceId: "/w",
            storageAccountId: null,
            eventHubName: null,
            categories: [{ category: "group:audit", enabled: true }],
          },
        ],
      },
    ]);
    expect(arm.log.toSorted()).toEqual([id, settings].toSorted());
  });

  it("asks nobody where there is no vault", async () => {
    const arm = memoryArm({});

    expect(await collectVaults([], arm, memoryResourceGraph({ resources: new Error("asked") }), forever)).toEqual([]);
    expect(arm.log).toEqual([]);
  });

  it("says which right shows a vault that it cannot see, and reads no other one", async () => {
    const arm = memoryArm({});

    await expect(collectVaults([uri, "https://other.vault.azure.net"], arm, shown, forever)).rejects.toMatchObject({
      reason: "denied",
      message: expect.stringMatching(
        /https:\/\/other\.vault\.azure\.net.*Microsoft\.KeyVault\/vaults\/read/,
      ) as unknown as string,
    });
    expect(arm.log).toEqual([]);
  });

  it("names the right that a refused read needs", async () => {
    const arm = memoryArm({ [id]: new CollectError("denied", "GET was refused (403)."), [settings]: { value: [] } });

    await expect(collectVaults([uri], arm, shown, forever)).rejects.toMatchObject({
      reason: "denied",
      message: expect.stringContaining("Microsoft.KeyVault/vaults/read") as unknown as string,
    });
  });

  it("takes a part of the vaults for none", async () => {
    const part = memoryResourceGraph({ "microsoft.keyvault/vaults": { rows: [], truncated: true } });

    await expect(collectVaults([uri], memoryArm({}), part, forever)).rejects.toMatchObject({ reason: "shape" });
  });

  it("puts nothing into the query that could end its literal", async () => {
    await expect(collectVaults([`${uri}') or true or id in~ ('`], memoryArm({}), graph(), forever)).rejects.toThrow();
  });
});
