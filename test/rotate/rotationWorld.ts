import type { Credential, CredentialServer, Strategy } from "../../shared/model/credential.ts";
import { SecretValue } from "../../shared/model/secretValue.ts";
import type { RotationPorts } from "../../shared/rotate/ports.ts";
import { scramVerifier } from "../../shared/rotate/scramVerifier.ts";
import { tick, type TickRequest, type Wish } from "../../shared/rotate/tick.ts";
import type { RotationStep, TickReport } from "../../shared/rotate/tickReport.ts";
import { memoryAdministration, memoryLeases } from "../fakes/memoryAdministration.ts";
import { memoryKeyVault } from "../fakes/memoryKeyVault.ts";
import { memoryLogins, memoryRotatorDatabase } from "../fakes/memoryRotatorDatabase.ts";
import { nextRandom, type FakeRole, type RotationState } from "../fakes/rotationState.ts";

export const DAY_MS = 24 * 3600_000;

export const server: CredentialServer = {
  id: "/subscriptions/s/resourcegroups/g/providers/microsoft.dbforpostgresql/flexibleservers/orders",
  name: "orders",
  host: "orders.postgres.database.azure.com",
  administratorLogin: "orders_admin",
};

const rolesOf: Readonly<Record<Strategy, readonly string[]>> = {
  alternating: ["app_a", "app_b"],
  single: ["app_a"],
  admin: [],
};

export function credentialOf(strategy: Strategy, change: Partial<Credential> = {}): Credential {
  return {
    name: "orders-app",
    server: "orders",
    strategy,
    roles: rolesOf[strategy],
    owner: strategy === "alternating" ? "app" : null,
    database: "orders",
    published: { vault: "https://consumers.vault.azure.net", name: "orders-app" },
    pending: { vault: "https://rotator.vault.azure.net", name: "orders-app--next" },
    format: "json",
    consumers: "reread",
    maxAgeMs: 30 * DAY_MS,
    overlapMs: 2 * DAY_MS,
    window: null,
    passwordLength: 40,
    outOfBand: "alert",
    validForMs: null,
    enabled: true,
    ...change,
  };
}

const outsiders = "a password that nobody stored";
const salt = new Uint8Array(16).fill(7);

function roleOf(change: Partial<FakeRole> = {}): FakeRole {
  return {
    verifier: scramVerifier(new SecretValue(outsiders), salt),
    canLogIn: true,
    privileged: false,
    connectionLimit: -1,
    validUntil: null,
    settings: ["role=app"],
    memberOf: ["app"],
    manageable: true,
    ...change,
  };
}

/** A server with the roles of every strategy, and vaults without any secret. */
export function emptyState(): RotationState {
  return {
    nowMs: Date.parse("2026-03-01T00:00:00Z"),
    seed: 1,
    vault: new Map(),
    vaultMode: "ok",
    roles: new Map([
      ["app", roleOf({ verifier: null, canLogIn: false, settings: [], memberOf: [] })],
      ["app_a", roleOf()],
      ["app_b", roleOf()],
      [server.administratorLogin, roleOf({ privileged: false })],
    ]),
    ledger: new Map(),
    settings: new Map(),
    sessions: [],
    locks: new Map(),
    liveSessions: new Set(),
    leases: new Map(),
    arm: {
      state: "Ready",
      passwordAuthentication: true,
      administratorLogin: server.administratorLogin,
      replicationRole: "None",
      operations: new Map(),
      next: "succeeded",
    },
    statements: [],
  };
}

/** Ports over a state; its clock moves only by waiting. */
export function portsOf(state: RotationState): RotationPorts {
  return {
    secrets: memoryKeyVault(state),
    database: memoryRotatorDatabase(state),
    logins: memoryLogins(state),
    administration: memoryAdministration(state),
    leases: memoryLeases(state),
    now: () => new Date(state.nowMs),
    monotonicMs: () => state.nowMs,
    wait(ms) {
      state.nowMs += ms;
      return Promise.resolve();
    },
    newRotationId() {
      const tail = Math.floor(nextRandom(state) * 2 ** 32);
      return `019c0000-0000-7000-8000-${tail.toString(16).padStart(12, "0")}`;
    },
    randomInt: (limit) => Math.floor(nextRandom(state) * limit),
    randomBytes: (size) => Uint8Array.from({ length: size }, () => Math.floor(nextRandom(state) * 256)),
  };
}

export interface TickRun {
  readonly report: TickReport;
  readonly noted: readonly RotationStep[];
}

/** One tick with a journal that keeps what it is told. */
export async function runTick(
  request: Omit<TickRequest, "server">,
  ports: RotationPorts,
  signal = new AbortController().signal,
): Promise<TickRun> {
  const noted: RotationStep[] = [];
  const journal = { note: (step: RotationStep) => void noted.push(step), flush: () => Promise.resolve() };
  return { report: await tick({ server, ...request }, ports, journal, signal), noted };
}

/** A tick on a healthy world, some time later. */
export async function tickAfter(
  state: RotationState,
  credential: Credential,
  wish: Wish,
  afterMs = 5 * 60_000,
): Promise<TickReport> {
  state.nowMs += afterMs;
  return (await runTick({ credential, wish }, portsOf(state))).report;
}

/** A world in which two rotations went well, the last of them long ago. */
export async function settledState(credential: Credential): Promise<RotationState> {
  const state = emptyState();
  for (const rotation of ["first", "second"]) {
    const { state: end, remarks } = await tickAfter(state, credential, "rotateNow", 3 * DAY_MS);
    if (end !== "rotated") throw new Error(`The ${rotation} rotation ended as ${end}: ${JSON.stringify(remarks)}`);
  }
  state.nowMs += 40 * DAY_MS;
  state.statements.length = 0;
  return state;
}
