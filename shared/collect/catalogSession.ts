import { CollectError } from "./collectError.ts";
import type { CatalogConnection, CatalogPort, CatalogTarget, Rows, Statement } from "./collector.ts";
import { untilAborted } from "./sectionOf.ts";

const begin = "begin isolation level repeatable read read only";

/**
 * `set local` survives a transaction-pooling proxy. The search_path decides how names are printed and found; without
 * jit and parallel workers the statements are as fast and spare small servers.
 */
const preamble = [
  "set local search_path = pg_catalog",
  "set local timezone = 'UTC'",
  "set local datestyle = 'ISO, YMD'",
  "set local intervalstyle = 'iso_8601'",
  "set local quote_all_identifiers = off",
  "set local jit = off",
  "set local max_parallel_workers_per_gather = 0",
  "set local lock_timeout = '2s'",
  "set local statement_timeout = '60s'",
  "set local idle_in_transaction_session_timeout = '60s'",
];

/** What one statement answered, or why it did not. */
export type Answer = Rows | CollectError;

/** The connection answers or ends with the run, also when the driver behind it does not notice. */
export async function openInTime(
  target: CatalogTarget,
  port: CatalogPort,
  signal: AbortSignal,
): Promise<CatalogConnection> {
  if (signal.aborted) throw new CollectError("deadline", "The run's time was over.");
  const opening = port.open(target, signal);
  try {
    const { major, run, ask, close } = await untilAborted(() => opening, signal);
    return {
      major,
      close,
      run: (statements) => untilAborted(() => run(statements, signal), signal),
      ask: (statement, values) => untilAborted(() => ask(statement, values, signal), signal),
    };
  } catch (error) {
    void opening.then(({ close }) => close()).catch(() => undefined); // too late to be of use
    throw error;
  }
}

/**
 * Begins a read-only transaction and asks everything in one message. PostgreSQL does not say which statement of a
 * message failed: then one by one, each under a savepoint, so that only the failing ones have no answer.
 *
 * @param early asked before the session's own settings, which they would see
 */
export async function askFirst(
  connection: CatalogConnection,
  early: readonly string[],
  statements: readonly Statement[],
  signal: AbortSignal,
): Promise<readonly Answer[]> {
  const together = await attempt(() => connection.run([begin, ...early, ...preamble, ...statements], signal));
  if (!(together instanceof CollectError)) {
    const late = 1 + early.length + preamble.length;
    return [...together.slice(1, 1 + early.length), ...together.slice(late)];
  }

  const started = await attempt(() => connection.run(["rollback", begin], signal));
  if (started instanceof CollectError) return [...early, ...statements].map(() => started);
  const before = await askOneByOne(connection, early, signal);
  const set = await attempt(() => connection.run(preamble, signal));
  if (set instanceof CollectError) return [...before, ...statements.map(() => set)];
  return [...before, ...(await askOneByOne(connection, statements, signal))];
}

/** Asks each under a savepoint, so that a failure leaves the transaction as it was. */
export async function askOneByOne(
  connection: CatalogConnection,
  statements: readonly Statement[],
  signal: AbortSignal,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (const statement of statements) {
    const answer = await attempt(() =>
      connection.run(["savepoint pgwarden", statement, "release savepoint pgwarden"], signal),
    );
    answers.push(answer instanceof CollectError ? answer : (answer[1] ?? []));
    if (answer instanceof CollectError) await attempt(() => connection.run(["rollback to savepoint pgwarden"], signal));
  }
  return answers;
}

/** Asks in one message and ends the transaction with it; a failure leaves the transaction as it was before. */
export async function askLast(
  connection: CatalogConnection,
  statements: readonly Statement[],
  signal: AbortSignal,
): Promise<readonly Rows[] | CollectError> {
  const answers = await attempt(() => connection.run(["savepoint pgwarden", ...statements, "commit"], signal));
  if (!(answers instanceof CollectError)) return answers.slice(1, -1);
  await attempt(() => connection.run(["rollback to savepoint pgwarden"], signal));
  return answers;
}

/** Nothing to keep; a proxy gets its server connection back clean. */
export async function endTransaction(connection: CatalogConnection, signal: AbortSignal): Promise<void> {
  await attempt(() => connection.run(["rollback"], signal));
}

export async function attempt<T>(run: () => Promise<T>): Promise<T | CollectError> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof CollectError) return error;
    throw error;
  }
}
