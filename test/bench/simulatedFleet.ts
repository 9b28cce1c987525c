import { readFile, writeFile } from "node:fs/promises";
import { parse, stringify } from "yaml";
import type { HostOverride } from "../../shared/model/config.ts";
import { demoFleet } from "../../shared/local/demoFleet.ts";
import type { Fleet } from "../../shared/local/fleet.ts";
import type { LocalAzure } from "../../shared/local/startLocalAzure.ts";

/** A name that the certificate of the local servers must hold. */
export const simulatedHosts = "*.postgres.database.azure.com";

/** Servers per subscription: their first reads fit ARM's bucket of 250 a subscription. */
const serversPerSubscription = 25;

/** One real PostgreSQL server, which all simulated ones share. */
export const benchFleet: Fleet = {
  ...demoFleet,
  servers: demoFleet.servers.filter(({ arm }) => arm.body.name === "crm"),
};

/**
 * Puts more servers into the emulated ARM, copies of the first one over as many subscriptions as their reads need, and
 * leads their names to the one real PostgreSQL server.
 *
 * @returns the variables of a process that scans them
 */
export async function simulateServers(local: LocalAzure, count: number): Promise<Readonly<Record<string, string>>> {
  const [first] = local.servers;
  const template = local.state.servers.get(first?.id ?? "");
  if (first === undefined || template === undefined) throw new Error("There is no server to copy.");
  const hosts = JSON.parse(local.environment["PGWARDEN_HOSTS"] ?? "{}") as Record<string, HostOverride>;
  const host = hosts[first.fqdn];
  if (host === undefined) throw new Error(`There is no address of ${first.fqdn}.`);

  local.state.servers.clear();
  local.state.subscriptions.length = 0;
  for (let index = 0; index < count; index += 1) {
    const group = Math.floor(index / serversPerSubscription);
    const subscriptionId = `22222222-0000-4000-8000-${String(group).padStart(12, "0")}`;
    if (index % serversPerSubscription === 0)
      local.state.subscriptions.push({ subscriptionId, displayName: `simulated ${group}`, managementGroups: [] });

    const name = `simulated-${String(index).padStart(4, "0")}`;
    const fqdn = `${name}.postgres.database.azure.com`;
    const id = `/subscriptions/${subscriptionId}/resourceGroups/bench/providers/Microsoft.DBforPostgreSQL/flexibleServers/${name}`;
    // Everything below the server names it by its id.
    const text = JSON.stringify(template).replaceAll(template.body.id, id);
    const copy = JSON.parse(text) as typeof template;
    copy.body = { ...copy.body, id, name };
    copy.body.properties.fullyQualifiedDomainName = fqdn;
    local.state.servers.set(id.toLowerCase(), copy);
    hosts[fqdn] = host;
  }
  await inScope(
    local,
    local.state.subscriptions.map(({ subscriptionId }) => subscriptionId),
  );
  return { ...local.environment, PGWARDEN_HOSTS: JSON.stringify(hosts) };
}

/** Names the subscriptions in the configuration that the local Azure wrote. */
async function inScope(local: LocalAzure, subscriptions: readonly string[]): Promise<void> {
  const path = local.environment["PGWARDEN_CONFIG"] ?? "";
  const config = parse(await readFile(path, "utf8")) as Record<string, unknown>;
  await writeFile(path, stringify({ ...config, scope: { subscriptions } }));
}
