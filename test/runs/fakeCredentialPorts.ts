import { loadConfig } from "../../shared/config/loadConfig.ts";
import type { FoundServer } from "../../shared/inventory/credentialServers.ts";
import type { Credential, Intent } from "../../shared/model/credential.ts";
import { ageLimit } from "../../shared/rotate/ageLimit.ts";
import type { CredentialFacts } from "../../shared/rotate/publishedFacts.ts";
import type { StepJournal, TickRequest } from "../../shared/rotate/tick.ts";
import type { RotationStep, StepName, TickReport, TickState } from "../../shared/rotate/tickReport.ts";
import type { CredentialPorts, RotateCredentialMessage } from "../../shared/runs/rotationPorts.ts";
import { serverRef, subscriptionId } from "../builders.ts";
import { type MemoryAppendStore, memoryAppendStore } from "../fakes/memoryAppendStore.ts";
import { type MemorySink, memorySink } from "../fakes/memorySink.ts";
import { type MemoryStateStore, memoryStateStore } from "../fakes/memoryStateStore.ts";

/** What Key Vault and PostgreSQL hold of one credential, and what goes wrong with it. */
export interface FakeCredential {
  generation: number;
  createdAt: string;
  intent: Pick<Intent, "generation" | "rotationId" | "role" | "createdAt"> | null;
  /** What the next ticks report in place of what they would do. */
  readonly reports: Partial<TickReport>[];
  /** Thrown by every tick before it does anything. */
  fault: Error | undefined;
  /** Thrown by the next tick when the new password is published: the worker died. */
  death: Error | undefined;
  /** Thrown when its facts are asked for. */
  vaultFault: Error | undefined;
}

export interface FakeCredentialPorts extends CredentialPorts {
  readonly store: MemoryStateStore;
  readonly audit: MemoryAppendStore;
  readonly sink: MemorySink;
  readonly world: Map<string, FakeCredential>;
  readonly dispatched: { readonly message: RotateCredentialMessage; readonly delaySeconds: number }[];
  /** What was wished of which credential, in order. */
  readonly ticks: string[];
  /** How many ticks ran at the same time at most. */
  busiest: number;
  servers: (credential: Credential, fresh: boolean) => FoundServer;
  time: Date;
  of(name: string): FakeCredential;
  /** Actions and outcomes of a credential's audit stream. */
  told(name: string): readonly string[];
}

const vault = "https://contoso.vault.azure.net";

/** Credentials of single roles on server orders, each published with generation 1 on 1 November. */
export function fakeCredentialPorts(
  names: readonly string[] = ["app"],
  { more = {}, rest = "" }: { readonly more?: object; readonly rest?: string } = {},
): FakeCredentialPorts {
  const entries = names.map((name) => {
    return { name, server: "orders", strategy: "single", roles: [name], secret: { vault, name }, ...more };
  });
  const text = `scope: { subscriptions: [${subscriptionId}] }\ncredentials: ${JSON.stringify(entries)}\nrotation: { jitter: 0m${rest} }`;
  let running = 0;

  const ports: FakeCredentialPorts = {
    config: loadConfig(text, "pgwarden.yaml"),
    store: memoryStateStore(),
    audit: memoryAppendStore(),
    sink: memorySink(),
    world: new Map(names.map((name) => [name, published()])),
    dispatched: [],
    ticks: [],
    busiest: 0,
    servers: () => ({
      state: "found",
      server: { ...serverRef(), host: "orders.example", administratorLogin: "pgadmin" },
    }),
    time: new Date("2026-11-22T06:10:00.000Z"),

    async tick(request, journal, signal) {
      ports.ticks.push(`${request.wish} ${request.credential.name}`);
      running += 1;
      ports.busiest = Math.max(ports.busiest, running);
      try {
        await Promise.resolve();
        return await fakeTick(request, ports, journal, signal);
      } finally {
        running -= 1;
      }
    },

    facts({ name }) {
      const held = ports.of(name);
      if (held.vaultFault !== undefined) return Promise.reject(held.vaultFault);
      return Promise.resolve(factsOf(name, held));
    },

    tryReplaced: () => Promise.resolve(null),

    findServer: (credential, fresh) => Promise.resolve(ports.servers(credential, fresh)),

    dispatch(message, delaySeconds) {
      ports.dispatched.push({ message, delaySeconds });
      return Promise.resolve();
    },

    now: () => ports.time,

    of(name) {
      const held = ports.world.get(name);
      if (held === undefined) throw new Error(`There is no credential ${name}.`);
      return held;
    },

    told(name) {
      const lines = ports.audit.text(`audit/rotation-${name}/2026-11.jsonl`).split("\n").slice(0, -1);
      return lines.map((line) => {
        const { action, outcome } = JSON.parse(line) as { action: string; outcome: string };
        return `${action} ${outcome}`;
      });
    },
  };
  return ports;
}

function published(): FakeCredential {
  return {
    generation: 1,
    createdAt: "2026-11-01T00:00:00Z",
    intent: null,
    reports: [],
    fault: undefined,
    death: undefined,
    vaultFault: undefined,
  };
}

function factsOf(name: string, { generation, createdAt, intent }: FakeCredential): CredentialFacts {
  const key = { generation, rotationId: rotationId(generation) };
  return {
    secret: "present",
    published: { version: `v${generation}`, user: name, key, createdAt, expiresAt: null },
    intent: intent && { key: intent, role: intent.role, createdAt: intent.createdAt },
  };
}

function rotationId(generation: number): string {
  return `01935f00-0000-7000-8000-${String(generation).padStart(12, "0")}`;
}

async function fakeTick(
  { credential, wish }: TickRequest,
  ports: FakeCredentialPorts,
  journal: StepJournal,
  signal: AbortSignal,
): Promise<TickReport> {
  const { name } = credential;
  const held = ports.of(name);
  if (held.fault !== undefined) throw held.fault;
  const steps: RotationStep[] = [];
  function note(step: StepName): void {
    const made = stepOf(step, {
      at: ports.time.toISOString(),
      role: name,
      key: factsOf(name, held).published?.key ?? null,
    });
    steps.push(made);
    journal.note(made);
  }
  function report(state: TickState): TickReport {
    const facts = factsOf(name, held);
    const seen = facts.published && { ...facts.published, logsIn: true };
    return { credential: name, state, steps, remarks: [], published: seen, intent: facts.intent, seen: null };
  }

  const scripted = held.reports.shift();
  if (scripted !== undefined) {
    for (const step of scripted.steps ?? []) journal.note(step);
    await journal.flush(signal);
    return { ...report("healthy"), ...scripted };
  }
  const due = ports.time >= ageLimit(credential, held.createdAt);
  if (wish === "rotateNow" || (wish === "rotateIfDue" && due)) {
    note("preflight");
    await journal.flush(signal);
    note("prepare");
    note("apply");
    held.generation += 1;
    held.createdAt = ports.time.toISOString();
    note("publish");
    const { death } = held;
    held.death = undefined;
    if (death !== undefined) throw death;
    note("close");
    await journal.flush(signal);
    return report("rotated");
  }
  note("prove");
  await journal.flush(signal);
  return report("healthy");
}

export function stepOf(step: StepName, override: Partial<RotationStep> = {}): RotationStep {
  return {
    step,
    outcome: "done",
    key: null,
    role: null,
    secretVersion: null,
    code: null,
    message: `The step ${step} was done.`,
    remedy: null,
    at: "2026-11-22T06:10:00.000Z",
    durationMs: 5,
    ...override,
  };
}
