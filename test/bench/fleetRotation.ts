import { fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { newVersion } from "../../shared/local/emulator/keyVault/secretBodies.ts";
import type { Fleet, FleetCredential } from "../../shared/local/fleet.ts";
import { mayRotate, rotationFleet } from "../../shared/local/rotationFleet.ts";
import { randomPassword, scramVerifier } from "../../shared/local/scramVerifier.ts";
import { type LocalAzure, startLocalAzure } from "../../shared/local/startLocalAzure.ts";
import { streamColumns } from "../../shared/publish/tables.ts";
import { ledgerSetup } from "../../shared/rotate/ledgerSql.ts";
import { budgets } from "./budgets.ts";
import { atMost, type Figure, megabytes, milliseconds, noBudget } from "./measure.ts";
import type { RotationFigures } from "./rotationChild.ts";
import { simulatedHosts, simulateServers } from "./simulatedFleet.ts";

const major = 17;
const servers = 20;
const credentials = 500;
const burstCredentials = 100;
const burstPrefix = "burst-";
/** Longer than any maximum age: everything is due. */
const ageDays = 200;

/** One in five is a pair; the others are single roles. */
function plan(index: number, prefix: string): FleetCredential {
  const name = `${prefix}${String(index).padStart(3, "0")}`;
  const role = name.replaceAll("-", "_");
  const common = { name, server: serverName(index), secret: { name }, database: "shop" };
  return prefix !== burstPrefix && index % 5 === 0
    ? { ...common, strategy: "alternating", owner: role, roles: [`${role}_a`, `${role}_b`] }
    : { ...common, strategy: "single", roles: [role] };
}

function serverName(index: number): string {
  return `simulated-${String(index % servers).padStart(4, "0")}`;
}

const plans: readonly FleetCredential[] = [
  ...Array.from({ length: credentials }, (_, index) => plan(index, "app-")),
  ...Array.from({ length: burstCredentials }, (_, index) => plan(index, burstPrefix)),
];

const fleet: Fleet = { ...rotationFleet([major]), credentials: plans };

/** 500 credentials that fall due at once, on 20 servers that one real PostgreSQL plays, in one vault. */
export async function fleetRotationFigures(): Promise<readonly Figure[]> {
  const local = await startLocalAzure({ fleet, streams: streamColumns(), certificateNames: [simulatedHosts] });
  try {
    const variables = await simulateServers(local, servers);
    await beginAllInOneRun(local);
    await publishAll(local);
    const { burst, fleet: done, decideMs, peakBytes } = await rotateInChild(variables);
    if (done.rotations !== credentials) throw new Error(`${done.rotations} of ${credentials} credentials were due.`);
    const throttled = local.emulator.requests.filter(
      ({ service, status }) => service === "keyVault" && status === 429,
    ).length;
    const size = `${credentials} credentials on ${servers} servers`;
    return [
      atMost(`${size}, all due at once, one instance, one vault`, done.ms, budgets.fleetRotationMs, milliseconds),
      noBudget("  rate under the vault's limit of 300 writes in 10 s", perSecond(done)),
      atMost("  requests that the vault turned away (429)", throttled, budgets.throttledRequests, String),
      noBudget("  the timer's own tick: found, placed and queued", milliseconds(decideMs)),
      noBudget(`  rate without waiting for the vault (${burst.rotations} rotations)`, perSecond(burst)),
      noBudget("  peak resident set", megabytes(peakBytes)),
    ];
  } finally {
    await local.stop();
  }
}

function perSecond({ rotations, ms }: RotationFigures["fleet"]): string {
  return `${((rotations / ms) * 1000).toFixed(1)} rotations/s`;
}

async function beginAllInOneRun(local: LocalAzure): Promise<void> {
  const path = local.environment["PGWARDEN_CONFIG"] ?? "";
  const config = parse(await readFile(path, "utf8")) as Record<string, unknown>;
  await writeFile(path, stringify({ ...config, rotation: { maxPerRun: 1000 } }));
}

/** As if pgwarden had rotated every credential once, long ago. */
async function publishAll(local: LocalAzure): Promise<void> {
  const [server] = local.servers;
  if (server === undefined) throw new Error("The fleet has no server.");
  const password = randomPassword().reveal();
  const verifier = scramVerifier(password);
  const created = Math.floor(Date.now() / 1000) - ageDays * 86_400;
  const statements: string[] = [];
  for (const entry of plans) {
    const roles = entry["roles"] as readonly string[]; // as `plan` made it
    const [user = ""] = roles;
    const owner = entry["owner"] as string | undefined;
    if (owner !== undefined) statements.push(`create role ${owner} nologin`);
    for (const role of roles) {
      statements.push(
        `create role ${role} login ${owner === undefined ? "" : `in role ${owner}`} password '${verifier}'`,
      );
      if (owner !== undefined) statements.push(`alter role ${role} set role = ${owner}`);
    }
    statements.push(mayRotate(roles, major));
    const rotationId = randomUUID();
    statements.push(
      `insert into pgwarden.ledger (target, gen, rid, role) values ('${entry.name}', 1, '${rotationId}', '${user}')`,
    );
    const host = `${entry.server}.postgres.database.azure.com`;
    const version = newVersion(created);
    version.value = JSON.stringify({ username: user, password, host, port: 5432, database: "shop" });
    version.contentType = "application/json; profile=pgwarden.v1";
    version.tags = {
      "pgwarden-gen": "1",
      "pgwarden-rid": rotationId,
      "pgwarden-user": user,
      "pgwarden-target": entry.name,
      "pgwarden-server": entry.server,
    };
    local.state.vault.secrets.set(entry.name, { name: entry.name, versions: [version] });
  }
  await server.asSuperuser(async (client) => {
    await client.query('set role "pgwarden-rotator"');
    for (const { sql } of ledgerSetup) await client.query(sql);
    await client.query("reset role");
    await client.query(statements.join(";\n"));
  });
}

async function rotateInChild(variables: Readonly<Record<string, string>>): Promise<RotationFigures> {
  const env = { PATH: process.env["PATH"], ...variables };
  const script = join(process.cwd(), "test/bench/rotationChild.ts");
  const child = fork(script, [burstPrefix], { env, execArgv: [], stdio: "inherit" });
  const [figures] = (await Promise.race([
    once(child, "message"),
    once(child, "exit").then(() => {
      throw new Error("The process that rotates ended early.");
    }),
  ])) as [RotationFigures];
  return figures;
}
