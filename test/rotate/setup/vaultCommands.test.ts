import { describe, expect, it } from "@jest/globals";
import { vaultCommands } from "../../../shared/rotate/setup/vaultCommands.ts";
import { credentialOf, server } from "../rotationWorld.ts";

function definitionsOf(commands: readonly string[]) {
  return commands.flatMap((command) => {
    const json = /--role-definition '(.*)'$/.exec(command)?.[1];
    return json === undefined ? [] : [JSON.parse(json) as { Actions: string[]; DataActions: string[] }];
  });
}

describe("vaultCommands", () => {
  it("grants what rotation does to secrets, on the two secrets alone, and neither delete nor purge", () => {
    const commands = vaultCommands(credentialOf("alternating"), server);

    expect(definitionsOf(commands)).toMatchObject([
      {
        Actions: [],
        DataActions: ["getSecret", "readMetadata", "recover", "setSecret", "update"].map(
          (action) => `Microsoft.KeyVault/vaults/secrets/${action}/action`,
        ),
        AssignableScopes: ["/subscriptions/s"],
      },
    ]);
    expect(commands.slice(1).map((command) => /--scope (.*)$/.exec(command)?.[1])).toEqual([
      '"$(az keyvault show --name consumers --query id --output tsv)/secrets/orders-app"',
      '"$(az keyvault show --name rotator --query id --output tsv)/secrets/orders-app--next"',
    ]);
  });

  it("adds the write of the one server for its administrator, and reads", () => {
    const commands = vaultCommands(credentialOf("admin"), server);
    const [, administrator] = definitionsOf(commands);

    expect(administrator?.Actions.filter((action) => !action.endsWith("/read"))).toEqual([
      "Microsoft.DBforPostgreSQL/flexibleServers/write",
    ]);
    expect(commands.at(-1)).toContain(`--scope "${server.id}"`);
  });
});
