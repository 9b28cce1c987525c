import type { CatalogContext } from "../model/catalogEvidence.ts";
import type { SectionItem, Sections, Unavailable } from "../model/section.ts";
import { CollectError } from "./collectError.ts";
import type {
  CatalogConnection,
  CatalogPort,
  CatalogSectionName,
  CatalogTarget,
  Rows,
  SqlCollector,
} from "./collector.ts";
import { context } from "./context.ts";
import { memberships } from "./memberships.ts";
import { passwordTypeFunction, passwordTypeFunctionSql, passwordTypes } from "./passwordTypes.ts";
import { roles } from "./roles.ts";
import { roleSettings } from "./roleSettings.ts";
import { collected, unavailable } from "./section.ts";
import { gapOf, untilAborted } from "./sectionOf.ts";
import { sessions } from "./sessions.ts";
import { settings } from "./settings.ts";

export type CatalogSections = Pick<Sections, CatalogSectionName>;

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

type Answer = Rows | CollectError;

/** What the statements of one transaction answered, each alone. */
interface Answers {
  readonly settings: Answer;
  readonly context: Answer;
  readonly roles: Answer;
  readonly memberships: Answer;
  readonly roleSettings: Answer;
  readonly sessions: Answer;
  readonly passwordTypeFunction: Answer;
}

/** Reads every catalog section in one read-only transaction. What fails costs only its own section. */
export async function collectCatalog(
  target: CatalogTarget,
  port: CatalogPort,
  signal: AbortSignal,
): Promise<CatalogSections> {
  const what = `the catalog of ${target.host}`;
  let connection: CatalogConnection;
  try {
    connection = await openInTime(target, port, signal);
  } catch (error) {
    return noCatalog(gapOf(what, error, signal));
  }
  try {
    return await readSections(connection, signal);
  } finally {
    await connection.close();
  }
}

/** The connection answers or ends with the run, also when the driver behind it does not notice. */
async function openInTime(target: CatalogTarget, port: CatalogPort, signal: AbortSignal): Promise<CatalogConnection> {
  if (signal.aborted) throw new CollectError("deadline", "The run's time was over.");
  const opening = port.open(target, signal);
  try {
    const { major, run, close } = await untilAborted(() => opening, signal);
    return { major, close, run: (statements) => untilAborted(() => run(statements, signal), signal) };
  } catch (error) {
    void opening.then(({ close }) => close()).catch(() => undefined); // too late to be of use
    throw error;
  }
}

export function noCatalog(gap: Unavailable): CatalogSections {
  return {
    context: gap,
    settings: gap,
    roles: gap,
    passwordTypes: gap,
    memberships: gap,
    roleSettings: gap,
    sessions: gap,
    databases: gap,
    sharedAcls: gap,
    subscriptions: gap,
    replicationSlots: gap,
  };
}

async function readSections(connection: CatalogConnection, signal: AbortSignal): Promise<CatalogSections> {
  const answers = await askTogether(connection, signal);
  const who = parsed(context, answers.context, undefined, signal);
  const login = who.state === "collected" ? who.items[0] : undefined;
  const types = await readPasswordTypes(connection, answers.passwordTypeFunction, signal);
  // Nothing to keep; a proxy gets its server connection back clean.
  await attempt(() => connection.run(["commit"], signal));
  return {
    context: who,
    settings: parsed(settings, answers.settings, login, signal),
    roles: parsed(roles, answers.roles, login, signal),
    passwordTypes: types,
    memberships: parsed(memberships, answers.memberships, login, signal),
    roleSettings: parsed(roleSettings, answers.roleSettings, login, signal),
    sessions: parsed(sessions, answers.sessions, login, signal),
    databases: notReadYet,
    sharedAcls: notReadYet,
    subscriptions: notReadYet,
    replicationSlots: notReadYet,
  };
}

const notReadYet = unavailable("absent", "This version does not read it.");

/** One message for everything. PostgreSQL does not say which statement of a message failed: then one by one. */
async function askTogether(connection: CatalogConnection, signal: AbortSignal): Promise<Answers> {
  const { major } = connection;
  const statements = [
    context.sql(major),
    roles.sql(major),
    memberships.sql(major),
    roleSettings.sql(major),
    sessions.sql(major),
    passwordTypeFunctionSql,
  ];
  try {
    const rows = await connection.run([begin, settings.sql(major), ...preamble, ...statements], signal);
    return answersOf([rows[1], ...rows.slice(2 + preamble.length)]);
  } catch (error) {
    if (!(error instanceof CollectError)) throw error;
    return askOneByOne(connection, statements, signal);
  }
}

async function askOneByOne(
  connection: CatalogConnection,
  statements: readonly string[],
  signal: AbortSignal,
): Promise<Answers> {
  const started = await attempt(() => connection.run(["rollback", begin, "savepoint pgwarden"], signal));
  if (started instanceof CollectError) return answersOf(statements.map(() => started).concat(started));

  const own = await askGuarded(connection, settings.sql(connection.major), signal);
  const set = await attempt(() => connection.run(preamble, signal));
  const answers: Answer[] = [own];
  for (const statement of statements) {
    answers.push(set instanceof CollectError ? set : await askGuarded(connection, statement, signal));
  }
  return answersOf(answers);
}

/** Asks under a savepoint, so that a failure leaves the transaction as it was. */
async function askGuarded(connection: CatalogConnection, statement: string, signal: AbortSignal): Promise<Answer> {
  const answer = await attempt(() =>
    connection.run(["savepoint pgwarden", statement, "release savepoint pgwarden"], signal),
  );
  if (!(answer instanceof CollectError)) return answer[1] ?? [];
  await attempt(() => connection.run(["rollback to savepoint pgwarden"], signal));
  return answer;
}

async function attempt<T>(run: () => Promise<T>): Promise<T | CollectError> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof CollectError) return error;
    throw error;
  }
}

function answersOf([own, who, role, membership, roleSetting, session, authtype]: readonly (Answer | undefined)[]) {
  const none = new CollectError("shape", "PostgreSQL answered fewer statements than it was sent.");
  return {
    settings: own ?? none,
    context: who ?? none,
    roles: role ?? none,
    memberships: membership ?? none,
    roleSettings: roleSetting ?? none,
    sessions: session ?? none,
    passwordTypeFunction: authtype ?? none,
  };
}

function parsed<S extends CatalogSectionName>(
  collector: SqlCollector<S>,
  answer: Answer,
  login: CatalogContext | undefined,
  signal: AbortSignal,
): { readonly state: "collected"; readonly items: readonly SectionItem[S][] } | Unavailable {
  if (answer instanceof CollectError) return gapOf(collector.section, answer, signal);
  if (collector.hidden !== undefined) {
    // Without the context nobody knows whether rows were hidden.
    if (login === undefined)
      return unavailable("denied", `What this login may see of ${collector.section} is unknown.`);
    const hidden = collector.hidden(login);
    if (hidden !== undefined) return hidden;
  }
  try {
    return collected(collector.parse(answer));
  } catch (error) {
    return gapOf(collector.section, error, signal);
  }
}

async function readPasswordTypes(
  connection: CatalogConnection,
  found: Answer,
  signal: AbortSignal,
): Promise<CatalogSections["passwordTypes"]> {
  if (found instanceof CollectError) return gapOf("passwordTypes", found, signal);
  const qualifiedName = passwordTypeFunction(found);
  if (qualifiedName === undefined) {
    return unavailable("absent", "This database has no azure_roles_authtype() that the login may execute.");
  }
  const collector = passwordTypes(qualifiedName);
  const answer = await askGuarded(connection, collector.sql(connection.major), signal);
  return parsed(collector, answer, undefined, signal);
}
