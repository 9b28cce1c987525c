import * as v from "valibot";
import type { Credential, CredentialServer } from "../model/credential.ts";
import { begin, commit, rollback } from "../rotate/passwordSql.ts";
import type { RotatorDatabase, SqlSession, Statement } from "../rotate/ports.ts";
import { readRoleFacts } from "../rotate/roleFacts.ts";
import { RotationError } from "../rotate/rotationError.ts";
import { credentialSetup, type CredentialSetup } from "../rotate/setup/credentialSetup.ts";
import { readSetupFacts } from "../rotate/setup/setupFacts.ts";
import type { SetupStatement } from "../rotate/setup/setupStatement.ts";

export interface SetupRequest {
  readonly credential: Credential;
  readonly server: CredentialServer;
  /** The rotator's role. */
  readonly rotator: string;
  readonly apply: boolean;
}

export interface SetupPorts {
  /** Signed in as an administrator, or as the rotator itself. */
  readonly database: RotatorDatabase;
  now(): Date;
}

export interface SetupResult extends CredentialSetup {
  /** Whether the statements were run; then they are committed. */
  readonly applied: boolean;
  /** Names of optional statements that the server refused. */
  readonly refused: readonly string[];
}

/**
 * Finds what a credential lacks on its server, and sets it up if that is wished: all of it or nothing.
 *
 * @throws RotationError when the server is out of reach or refuses a statement
 */
export async function setUpCredential(
  { credential, server, rotator, apply }: SetupRequest,
  ports: SetupPorts,
  signal: AbortSignal,
): Promise<SetupResult> {
  const session = await ports.database.open(server, signal);
  try {
    const facts = await readSetupFacts(credential, rotator, session, signal);
    const judged = await readRoleFacts(session, credential.roles, credential.database, signal);
    const setup = credentialSetup(credential, facts, judged, { rotator, now: ports.now() });
    if (!apply || setup.statements.length === 0) return { ...setup, applied: false, refused: [] };
    return { ...setup, applied: true, refused: await runAll(setup.statements, session, signal) };
  } finally {
    await session.close();
  }
}

const Formatted = v.pipe(
  v.tuple([v.object({ statement: v.string() })]),
  v.transform(([{ statement }]) => statement),
);

/** The server's own quoting. Values: template, its values. */
const formatSetup: Statement = {
  name: "setup.format",
  sql: `select pg_catalog.format($1::text, variadic $2::text[]) as "statement"`,
};

async function runAll(
  statements: readonly SetupStatement[],
  session: SqlSession,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const refused: string[] = [];
  await session.run(begin, [], signal);
  try {
    for (const { name, template, values, optional } of statements) {
      const sql = v.parse(Formatted, await session.run(formatSetup, [template, values], signal));
      if (optional !== true) await session.run({ name, sql }, [], signal);
      else if (!(await tryOne({ name, sql }, session, signal))) refused.push(name);
    }
    await session.run(commit, [], signal);
  } catch (error) {
    await session.run(rollback, [], signal).catch(() => undefined); // a session that is gone has rolled back by itself
    throw error;
  }
  return refused;
}

/** @returns false when the server refuses it; the transaction goes on */
async function tryOne(statement: Statement, session: SqlSession, signal: AbortSignal): Promise<boolean> {
  await session.run({ name: "setup.savepoint", sql: "savepoint optional" }, [], signal);
  try {
    await session.run(statement, [], signal);
    return true;
  } catch (error) {
    if (!(error instanceof RotationError) || error.effect === "unknown") throw error;
    await session.run({ name: "setup.back", sql: "rollback to savepoint optional" }, [], signal);
    return false;
  }
}
