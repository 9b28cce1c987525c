import type { LocalAzure } from "../local/startLocalAzure.ts";
import type { QueryCount } from "../local/queryingClient.ts";
import { credentialStatuses } from "../runs/credentialStatus.ts";
import { setUpCredential } from "../runs/setUpCredential.ts";
import { pickCredential } from "../runs/rotationPorts.ts";
import type { Wiring } from "../wiring.ts";
import { auditTable, auditTrail } from "./auditTrail.ts";
import { credentialsTable } from "./credentialsText.ts";
import { statementText } from "../rotate/setup/setupStatement.ts";
import { recoverNow } from "./recover.ts";
import { rotateNow } from "./rotate.ts";
import { endText, recoveryTable, rotationText } from "./rotationText.ts";
import type { Terminal } from "./terminal.ts";

/** Of the demo's fleet: the pair of an application, and the administrator of the same server. */
const [pair, administrator] = ["shop", "orders-admin"] as const;

/** What the demo hands from one chapter to the next. */
export interface DemoStage {
  readonly local: LocalAzure;
  readonly wiring: Wiring;
  readonly terminal: Terminal;
}

/** `credentials init --apply` as the rotator, and the rights of an application for the pair's owner. */
export async function setUpPair({ local, wiring, terminal }: DemoStage): Promise<void> {
  const { signal } = terminal;
  const ports = await wiring.rotation();
  const credential = pickCredential(pair, ports);
  const found = await ports.findServer(credential, true, signal);
  if (found.state !== "found") throw new Error(found.why);
  const request = {
    credential,
    server: found.server,
    rotator: wiring.ports.config.postgres.rotatorRole,
    apply: true,
  };
  const setupPorts = { database: ports.rotation.database, now: () => ports.now() };
  const { statements, faults } = await setUpCredential(request, setupPorts, signal);
  if (faults.length > 0) throw new Error(faults.map(({ message }) => message).join(" "));
  for (const statement of statements) terminal.print(statementText(statement));
  const server = serverOf(local);
  await server.asAdministrator((client) => client.query("grant select on accounts to shop_owner"), "shop");
}

/** Two rotations of the pair and one of the administrator, under an application that never stops. */
export async function rotateUnderLoad({ local, wiring, terminal }: DemoStage): Promise<QueryCount> {
  const first = await rotateNow(pair, wiring, terminal.signal);
  terminal.print(rotationText(first.report, terminal.width));
  const client = await application(local);
  const others = await Promise.all([
    rotateNow(administrator, wiring, terminal.signal),
    rotateNow(pair, wiring, terminal.signal),
  ]).finally(() => client.stop());
  for (const { report } of others) terminal.print(endText(report));
  return told(await client.stop(), terminal);
}

/** A rotation that dies between PostgreSQL and Key Vault, and what one recovery makes of it. */
export async function killAndRecover({ local, wiring, terminal }: DemoStage): Promise<QueryCount> {
  const { breakLease, killedRotation } = await import("../local/killedRotation.ts");
  const { published } = pickCredential(pair, { config: wiring.ports.config });
  const client = await application(local);
  try {
    const ourselves = [process.execPath, ...process.execArgv, process.argv[1] ?? "", "--"];
    const signal = await killedRotation(local, ourselves, { credential: pair, secret: published.name });
    terminal.print(`\`pgwarden rotate ${pair}\` was ended by ${signal ?? "itself"} before it could publish.\n`);
    await showCredentials({ wiring, terminal });
    await breakLease(local, pair);
    const results = await recoverNow(wiring, terminal.signal);
    terminal.print(`\nAfter \`pgwarden recover\`:\n${recoveryTable(results, terminal.width)}\n`);
  } finally {
    await client.stop();
  }
  await showCredentials({ wiring, terminal });
  return told(await client.stop(), terminal);
}

export async function showTrail({ wiring, terminal }: Pick<DemoStage, "wiring" | "terminal">): Promise<void> {
  const lines = await auditTrail(`rotation-${pair}`, wiring.ports.audit, terminal.signal);
  terminal.print(auditTable(lines, terminal.width));
}

async function showCredentials({ wiring, terminal }: Pick<DemoStage, "wiring" | "terminal">): Promise<void> {
  const statuses = await credentialStatuses(await wiring.rotation(), terminal.signal);
  terminal.print(credentialsTable(statuses, terminal.width));
}

async function application(local: LocalAzure) {
  const { startQueryingClient } = await import("../local/queryingClient.ts");
  const [consumer] = local.fleet.consumers ?? [];
  if (consumer === undefined) throw new Error("The fleet has no application.");
  const [secret = ""] = consumer.secrets;
  return await startQueryingClient(local, { clientId: consumer.identity.clientId, secret, server: serverOf(local) });
}

function told(seen: QueryCount, terminal: Terminal): QueryCount {
  const { queries, failures, roles } = seen;
  const who = `as ${roles.join(", then ")}`;
  terminal.print(`\nMeanwhile the application logged in and queried ${queries} times ${who}; ${failures} failed.`);
  return seen;
}

function serverOf({ servers }: LocalAzure) {
  const server = servers.find(({ name }) => name === "orders");
  if (server === undefined) throw new Error("The fleet has no server orders.");
  return server;
}
