import type { LoginProbe, RotatorDatabase, SqlRow, SqlSession } from "../../shared/rotate/ports.ts";
import { RotationError } from "../../shared/rotate/rotationError.ts";
import { matches, type FakeLedgerRow, type FakeRole, type RotationState } from "./rotationState.ts";

interface Transaction {
  ledger: Map<string, FakeLedgerRow>;
  verifiers: Map<string, { verifier: string; validUntil: string | null }>;
  failed: boolean;
}

let lastSession = 0;

/**
 * PostgreSQL as a rotation knows it, by statement name: transactions, advisory locks that end with their session, the
 * fence of the ledger, and roles that have a verifier. Rows that another open transaction has changed are locked.
 */
export function memoryRotatorDatabase(state: RotationState): RotatorDatabase {
  const open = new Map<number, Transaction>();

  return {
    open() {
      lastSession += 1;
      const id = lastSession;
      state.liveSessions.add(id);
      return Promise.resolve(memorySession(state, id, open));
    },
  };
}

function sqlFault(code: string, message: string): RotationError {
  return new RotationError(message, {
    code: "DATABASE_REFUSED",
    effect: "none",
    cause: Object.assign(new Error(message), { code }),
  });
}

function memorySession(state: RotationState, id: number, open: Map<number, Transaction>): SqlSession {
  function others(): Transaction[] {
    return [...open].filter(([session]) => session !== id && state.liveSessions.has(session)).map(([, found]) => found);
  }

  function ledgerRow(credential: string): FakeLedgerRow | undefined {
    if (state.ledger === null) throw sqlFault("42P01", "no ledger");
    return open.get(id)?.ledger.get(credential) ?? state.ledger.get(credential);
  }

  function writeLedger(credential: string, row: FakeLedgerRow): void {
    if (others().some(({ ledger }) => ledger.has(credential))) throw sqlFault("55P03", "lock timeout");
    const transaction = open.get(id);
    (transaction?.ledger ?? state.ledger)?.set(credential, row);
  }

  function role(name: string): FakeRole {
    const found = state.roles.get(name);
    if (found === undefined) throw sqlFault("42704", `role ${name} does not exist`);
    return found;
  }

  const statements: Readonly<Record<string, (values: readonly unknown[], sql: string) => readonly SqlRow[]>> = {
    "lock.take": ([credential]) => {
      const key = String(credential);
      const holder = state.locks.get(key);
      const taken = holder === undefined || holder === id || !state.liveSessions.has(holder);
      if (taken) state.locks.set(key, id);
      return [{ taken }];
    },
    "lock.ask": () => [{}],
    "ledger.read": ([credential]) => {
      const row = ledgerRow(String(credential));
      if (row === undefined) return [];
      return [{ credential, ...row, generation: String(row.generation) }];
    },
    "ledger.upsert": ([credential, generation, rotationId, name]) => {
      const before = ledgerRow(String(credential));
      if (before !== undefined && before.generation >= Number(generation)) return [];
      const appliedAt = new Date(state.nowMs).toISOString();
      const row = { generation: Number(generation), rotationId: String(rotationId), role: String(name), appliedAt };
      writeLedger(String(credential), row);
      return [{ generation: String(generation) }];
    },
    "ledger.reapply": ([credential, generation, rotationId]) => {
      const before = ledgerRow(String(credential));
      if (before?.generation !== Number(generation) || before.rotationId !== rotationId) return [];
      writeLedger(String(credential), { ...before, appliedAt: new Date(state.nowMs).toISOString() });
      return [{ generation: String(generation) }];
    },
    "settings.iterations": () => [{ iterations: state.settings.get("scram_iterations") ?? "4096" }],
    "transaction.begin": () => {
      if (!open.has(id)) open.set(id, { ledger: new Map(), verifiers: new Map(), failed: false });
      return [];
    },
    "transaction.limits": () => [{}],
    "transaction.rollback": () => {
      open.delete(id);
      return [];
    },
    "transaction.commit": () => {
      const transaction = open.get(id);
      open.delete(id);
      if (transaction === undefined || transaction.failed) return [];
      for (const [credential, row] of transaction.ledger) state.ledger?.set(credential, row);
      for (const [name, change] of transaction.verifiers) Object.assign(role(name), change);
      return [];
    },
    "password.format": ([name, verifier, validUntil]) => {
      role(String(name));
      return [{ statement: JSON.stringify({ name, verifier, validUntil }) }];
    },
    "password.change": (_values, sql) => {
      const { name, verifier, validUntil } = JSON.parse(sql) as {
        name: string;
        verifier: string;
        validUntil: string | null;
      };
      if (others().some(({ verifiers }) => verifiers.has(name))) throw sqlFault("XX000", "tuple concurrently updated");
      if (!role(name).manageable) throw sqlFault("42501", "permission denied");
      const change = { verifier, validUntil: validUntil ?? role(name).validUntil };
      const transaction = open.get(id);
      if (transaction === undefined) Object.assign(role(name), change);
      else transaction.verifiers.set(name, change);
      return [];
    },
    "preflight.settings": () => [...state.settings].map(([name, setting]) => ({ name, setting })),
    "preflight.roles": ([names]) =>
      (names as readonly string[]).flatMap((name) => {
        const found = state.roles.get(name);
        return found === undefined ? [] : [roleRow(state, name, found)];
      }),
    "preflight.owner": ([name]) => {
      const found = state.roles.get(String(name));
      return found === undefined ? [] : [{ canLogIn: found.canLogIn }];
    },
    "preflight.sessions": ([name]) =>
      state.sessions
        .filter((session) => session.role === name)
        .map(({ application, client }) => ({ application, client, sessions: 1 })),
    "replaced.bans": () => [{ failures: state.settings.get("credcheck.max_auth_failure") ?? "" }],
    "preflight.formatProbe": ([name]) => [{ statement: String(name) }],
    "preflight.probe": (_values, sql) => {
      if (!role(sql).manageable) throw sqlFault("42501", "permission denied");
      return [];
    },
  };

  return {
    major: 17,
    async run(statement, values) {
      await Promise.resolve();
      if (!state.liveSessions.has(id)) {
        throw new RotationError("The session is gone.", { code: "DATABASE_UNREACHABLE", effect: "unknown" });
      }
      state.statements.push(`${statement.sql} ${JSON.stringify(values)}`);
      const answer = statements[statement.name];
      if (answer === undefined) throw new Error(`The fake does not know ${statement.name}.`);
      const transaction = open.get(id);
      if (transaction?.failed === true && !/commit|rollback/.test(statement.name)) {
        throw sqlFault("25P02", "the transaction is aborted");
      }
      try {
        return answer(values, statement.sql);
      } catch (error) {
        if (transaction !== undefined) transaction.failed = true;
        throw error;
      }
    },
    close() {
      closeSession(state, id);
      open.delete(id);
      return Promise.resolve();
    },
  };
}

/** Ends a session as a killed backend does: its locks are free, its transaction is rolled back. */
export function closeSession(state: RotationState, id: number): void {
  state.liveSessions.delete(id);
  for (const [credential, holder] of state.locks) if (holder === id) state.locks.delete(credential);
}

function roleRow(state: RotationState, name: string, role: FakeRole): SqlRow {
  const { canLogIn, privileged, connectionLimit, validUntil, settings, memberOf, manageable } = role;
  return {
    name,
    canLogIn,
    privileged,
    connectionLimit,
    validUntil,
    expired: validUntil !== null && Date.parse(validUntil) <= state.nowMs,
    attributes: "I",
    settings,
    databaseSettings: [],
    memberOf,
    databaseExists: true,
    mayConnect: true,
    manageable,
    rotator: "pgwarden",
  };
}

/** A real check of the password against the role's verifier. */
export function memoryLogins(state: RotationState): LoginProbe {
  return {
    login(_server, { user, password }) {
      const role = state.roles.get(user);
      const isExpired = role !== undefined && role.validUntil !== null && Date.parse(role.validUntil) <= state.nowMs;
      if (role === undefined || isExpired || !matches(role.verifier, password.reveal())) {
        return Promise.resolve({ state: "rejected", sqlState: "28P01" });
      }
      return Promise.resolve({ state: "accepted", afterwards: role.canLogIn ? null : "28000" });
    },
  };
}
