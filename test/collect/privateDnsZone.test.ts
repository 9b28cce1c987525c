import { describe, expect, it } from "@jest/globals";
import { collectPrivateDnsZone } from "../../shared/collect/privateDnsZone.ts";
import { serverFacts } from "../builders.ts";
import { memoryResourceGraph } from "../fakes/memoryArm.ts";

const forever = new AbortController().signal;
const network = "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/net/providers/microsoft.network";
const zoneId = `${network}/privatednszones/shop.private.postgres.database.azure.com`;
const facts = serverFacts({ delegatedSubnetId: `${network}/virtualnetworks/hub/subnets/db`, privateDnsZoneId: zoneId });

function link(name: string, state: string) {
  return { id: `${zoneId}/virtualNetworkLinks/${name}`, networkId: `${network}/virtualnetworks/${name}`, state };
}

function answer(...rows: readonly unknown[]) {
  return { rows, truncated: false };
}

describe("collectPrivateDnsZone", () => {
  it("names the networks whose link is finished", async () => {
    const graph = memoryResourceGraph({
      virtualnetworklinks: answer(link("spoke", "Completed"), link("hub", "Completed"), link("new", "InProgress")),
    });

    expect(await collectPrivateDnsZone(facts, graph, forever)).toEqual([
      { zoneId, linkedNetworkIds: [`${network}/virtualnetworks/hub`, `${network}/virtualnetworks/spoke`] },
    ]);
  });

  it("believes that there is no link only where it sees the zone", async () => {
    const seen = memoryResourceGraph({ virtualnetworklinks: answer(), privatednszones: answer({ id: zoneId }) });
    const unseen = memoryResourceGraph({ virtualnetworklinks: answer(), privatednszones: answer() });

    expect(await collectPrivateDnsZone(facts, seen, forever)).toEqual([{ zoneId, linkedNetworkIds: [] }]);
    await expect(collectPrivateDnsZone(facts, unseen, forever)).rejects.toMatchObject({ reason: "denied" });
  });

  it("takes a part of the links for none", async () => {
    const graph = memoryResourceGraph({ virtualnetworklinks: { rows: [link("hub", "Completed")], truncated: true } });

    await expect(collectPrivateDnsZone(facts, graph, forever)).rejects.toMatchObject({ reason: "shape" });
  });

  it("is empty for an integrated server that names no zone, and absent for any other", async () => {
    const graph = memoryResourceGraph({});

    expect(await collectPrivateDnsZone({ ...facts, privateDnsZoneId: null }, graph, forever)).toEqual([]);
    await expect(collectPrivateDnsZone(serverFacts(), graph, forever)).rejects.toMatchObject({ reason: "absent" });
  });

  it("puts nothing into the query that could end its literal", async () => {
    const odd = { ...facts, privateDnsZoneId: `${zoneId}' | project secrets | where '` };

    await expect(collectPrivateDnsZone(odd, memoryResourceGraph({}), forever)).rejects.toThrow();
  });
});
