import * as v from "valibot";
import type { PrivateDnsZone, ServerFacts } from "../model/armEvidence.ts";
import { ResourceId } from "./armText.ts";
import { CollectError } from "./collectError.ts";
import type { ResourceGraphReader, ResourceGraphScope } from "./collector.ts";
import { isVnetIntegrated } from "./server.ts";

const LinkRow = v.object({ id: ResourceId, networkId: ResourceId, state: v.string() });

/** Characters of a resource id; a quote would end the literal of the query. */
const ZoneId = v.pipe(v.string(), v.regex(/^\/subscriptions\/([0-9a-f-]{36})\/[\w./() -]+$/));

export const zoneActions = [
  "Microsoft.Network/privateDnsZones/read",
  "Microsoft.Network/privateDnsZones/virtualNetworkLinks/read",
] as const;

/**
 * The zone and the networks that are linked to it, from one query. A server outside a virtual network has none;
 * one inside that names no zone is itself the evidence: an empty section.
 */
export async function collectPrivateDnsZone(
  facts: ServerFacts,
  resourceGraph: ResourceGraphReader,
  signal: AbortSignal,
): Promise<readonly PrivateDnsZone[]> {
  if (!isVnetIntegrated(facts)) {
    throw new CollectError("absent", `Server ${facts.name} is not integrated into a virtual network.`);
  }
  if (facts.privateDnsZoneId === null || facts.privateDnsZoneId === "") return [];
  const zoneId = v.parse(ZoneId, facts.privateDnsZoneId);
  const scope = { subscriptions: [zoneId.split("/")[2] ?? ""], managementGroups: [] };
  const { rows, truncated } = await resourceGraph.query(linkQuery(zoneId), scope, signal);
  if (truncated) throw new CollectError("shape", `Resource Graph gave only a part of the links of ${zoneId}.`);
  if (rows.length === 0) await requireVisible(zoneId, scope, resourceGraph, signal);
  const linked = v.parse(v.array(LinkRow), rows).filter(({ state }) => state === "Completed");
  return [{ zoneId, linkedNetworkIds: linked.map(({ networkId }) => networkId).sort() }];
}

/** Resource Graph leaves out what the identity may not read: no link means something only where the zone is seen. */
async function requireVisible(
  zoneId: string,
  scope: ResourceGraphScope,
  resourceGraph: ResourceGraphReader,
  signal: AbortSignal,
): Promise<void> {
  const text = `resources | where type =~ 'microsoft.network/privatednszones' | where id =~ '${zoneId}' | project id`;
  const { rows } = await resourceGraph.query(text, scope, signal);
  if (rows.length > 0) return;
  throw new CollectError(
    "denied",
    `Resource Graph does not show the zone ${zoneId}; the scanner's role needs the actions ` +
      `${zoneActions.join(" and ")}.`,
  );
}

function linkQuery(zoneId: string): string {
  return (
    "resources | where type =~ 'microsoft.network/privatednszones/virtualnetworklinks'" +
    ` | where id startswith '${zoneId}/'` +
    " | project id, networkId = tolower(tostring(properties.virtualNetwork.id))," +
    " state = tostring(properties.virtualNetworkLinkState)"
  );
}
