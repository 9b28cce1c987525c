import type { ManagedPostgres } from "../../../shared/local/emulator/managedPostgres.ts";

/** Remembers what the emulator asked of PostgreSQL. */
export interface FakeManagedPostgres extends ManagedPostgres {
  /** `server name` → value. */
  readonly parameters: Map<string, string>;
  /** `server role` → password. */
  readonly passwords: Map<string, string>;
  /** Role → its token and end. */
  readonly tokens: Map<string, { readonly token: string; readonly expiresAt: Date }>;
  readonly running: Map<string, boolean>;
  readonly restarts: string[];
  /** What happens before the next change; rejects to make it fail. */
  before: () => Promise<void>;
}

export function fakeManagedPostgres(): FakeManagedPostgres {
  const fake: FakeManagedPostgres = {
    parameters: new Map(),
    passwords: new Map(),
    tokens: new Map(),
    running: new Map(),
    restarts: [],
    before: () => Promise.resolve(),
    async applyParameter(serverId, name, value) {
      await fake.before();
      fake.parameters.set(`${serverId} ${name}`, value);
      if (name.startsWith("azure.") || name.startsWith("pgbouncer.")) return "unsupported";
      return name === "shared_preload_libraries" ? "pendingRestart" : "applied";
    },
    async setPassword(serverId, role, password) {
      await fake.before();
      fake.passwords.set(`${serverId} ${role}`, password);
    },
    acceptToken(roleName, token, expiresAt) {
      fake.tokens.set(roleName, { token, expiresAt });
      return Promise.resolve();
    },
    restart(serverId) {
      fake.restarts.push(serverId);
      return Promise.resolve();
    },
    setRunning(serverId, running) {
      fake.running.set(serverId, running);
      return Promise.resolve();
    },
  };
  return fake;
}
