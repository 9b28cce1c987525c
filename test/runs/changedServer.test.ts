import { describe, expect, it } from "@jest/globals";
import { changedServer } from "../../shared/runs/changedServer.ts";

const serverId = "/subscriptions/S/resourceGroups/Shop/providers/Microsoft.DBforPostgreSQL/flexibleServers/Orders";

describe("changedServer", () => {
  it("takes the server from a change below it, in Event Grid's own schema", () => {
    const event = {
      id: "1",
      subject: `${serverId}/firewallRules/office`,
      eventType: "Microsoft.Resources.ResourceWriteSuccess",
      data: { resourceUri: `${serverId}/firewallRules/office`, operationName: "write" },
    };

    expect(changedServer(event)).toEqual({ kind: "server", serverId: serverId.toLowerCase() });
  });

  it("takes the server from a CloudEvent without data", () => {
    const event = { specversion: "1.0", type: "Microsoft.Resources.ResourceWriteSuccess", subject: serverId };

    expect(changedServer(event)).toEqual({ kind: "server", serverId: serverId.toLowerCase() });
  });

  it("leaves other resources alone", () => {
    const subject = "/subscriptions/S/resourceGroups/Shop/providers/Microsoft.Storage/storageAccounts/x";

    expect(changedServer({ subject, data: {} })).toEqual({ kind: "other", subject });
  });

  it.each([[undefined], [null], ["text"], [42], [[]], [{}], [{ subject: 7 }]])("refuses %p as malformed", (message) => {
    expect(changedServer(message).kind).toBe("malformed");
  });
});
