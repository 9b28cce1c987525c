import type { PostgreSQLManagementFlexibleServerClient } from "@azure/arm-postgresql-flexible";
import { armClient } from "./armClient.ts";
import { randomPassword, scramVerifier } from "./scramVerifier.ts";
import type { LocalAzure, LocalServer } from "./startLocalAzure.ts";

type Arm = PostgreSQLManagementFlexibleServerClient;
type Target = Pick<LocalServer, "name" | "resourceGroup">;

const POLL_MS = 50;

/** A rule for every address, over ARM. */
export async function addWideFirewallRule(arm: Arm, server: Target, rule: string, signal: AbortSignal): Promise<void> {
  const range = { startIpAddress: "0.0.0.0", endIpAddress: "255.255.255.255" };
  const { resourceGroup, name } = server;
  await arm.firewallRules.beginCreateOrUpdateAndWait(resourceGroup, name, rule, range, {
    updateIntervalInMs: POLL_MS,
    abortSignal: signal,
  });
}

/** `require_secure_transport` off, over ARM; the running server takes plain text from then on. */
export async function switchOffSecureTransport(arm: Arm, server: Target, signal: AbortSignal): Promise<void> {
  const change = { value: "off", source: "user-override" };
  const { resourceGroup, name } = server;
  await arm.configurations.beginPutAndWait(resourceGroup, name, "require_secure_transport", change, {
    updateIntervalInMs: POLL_MS,
    abortSignal: signal,
  });
}

/** A login that may make roles itself, by SQL as the administrator. */
export async function createRoleWithCreateRole(server: LocalServer, role: string): Promise<void> {
  const verifier = scramVerifier(randomPassword().reveal());
  await server.asAdministrator((client) =>
    client.query(
      `create role ${client.escapeIdentifier(role)} login createrole connection limit 5 password ${client.escapeLiteral(verifier)}`,
    ),
  );
}

/** Makes a role an administrator of the server, by SQL as the administrator. */
export async function grantAzurePgAdmin(server: LocalServer, role: string): Promise<void> {
  await server.asAdministrator((client) => client.query(`grant azure_pg_admin to ${client.escapeIdentifier(role)}`));
}

/** A role that no row policy holds back, by SQL as the administrator. */
export async function letBypassRowSecurity(server: LocalServer, role: string): Promise<void> {
  await server.asAdministrator((client) => client.query(`alter role ${client.escapeIdentifier(role)} bypassrls`));
}

/** A table that everybody may read, by SQL as its owner. */
export async function grantToPublic(server: LocalServer, database: string, table: string): Promise<void> {
  await server.asAdministrator(
    (client) => client.query(`grant select on ${client.escapeIdentifier(table)} to public`),
    database,
  );
}

/** The demo's changes. @returns one sentence for each */
export async function changeBehindOurBack(azure: LocalAzure, signal: AbortSignal): Promise<readonly string[]> {
  const arm = armClient(azure);
  const [orders, ledger, crm] = [serverNamed(azure, "orders"), serverNamed(azure, "ledger"), serverNamed(azure, "crm")];
  await addWideFirewallRule(arm, orders, "temp-migration", signal);
  await switchOffSecureTransport(arm, ledger, signal);
  await createRoleWithCreateRole(crm, "contractor");
  await grantAzurePgAdmin(orders, "ops");
  await letBypassRowSecurity(orders, "demouser");
  await grantToPublic(orders, "shop", "accounts");
  return [
    "ARM: firewall rule temp-migration on orders admits 0.0.0.0 to 255.255.255.255.",
    "ARM: require_secure_transport on ledger is off.",
    "SQL: login role contractor with CREATEROLE on crm.",
    "SQL: group role ops is a member of azure_pg_admin on orders.",
    "SQL: demouser on orders bypasses row security.",
    "SQL: everybody may read table accounts of database shop on orders.",
  ];
}

function serverNamed({ servers }: LocalAzure, name: string): LocalServer {
  const server = servers.find((candidate) => candidate.name === name);
  if (server === undefined) throw new Error(`The fleet has no server ${name}.`);
  return server;
}
