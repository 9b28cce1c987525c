import type {
  DatabaseSectionItem,
  DatabaseSectionName,
  DatabaseSections,
  Section,
  Unavailable,
} from "../model/section.ts";
import { acls } from "./acls.ts";
import { askLast, askOneByOne, endTransaction, type Answer } from "./catalogSession.ts";
import { CollectError } from "./collectError.ts";
import type { CatalogConnection, DatabaseCollector, Statement } from "./collector.ts";
import { cronJobs, cronJobsHidden, cronTableSql } from "./cronJobs.ts";
import { defaultPrivileges } from "./defaultPrivileges.ts";
import { definerFunctions } from "./definerFunctions.ts";
import { eventTriggers } from "./eventTriggers.ts";
import { extensions } from "./extensions.ts";
import { foreignServers } from "./foreignServers.ts";
import { languages } from "./languages.ts";
import { notableFunctions } from "./notableFunctions.ts";
import { parseAnswer } from "./parseAnswer.ts";
import { partitions } from "./partitions.ts";
import { protectedTables } from "./protectedTables.ts";
import { protectedViews } from "./protectedViews.ts";
import { publications } from "./publications.ts";
import { type Question, questionOf } from "./question.ts";
import { lockedTables, lockedTablesSql, rowPolicies } from "./rowPolicies.ts";
import { sensitiveColumns } from "./sensitiveColumns.ts";
import { userMappings } from "./userMappings.ts";

/** Read last: the policies wait for locks, and the jobs of pg_cron are there only if the extension is. */
type LateSection = Extract<DatabaseSectionName, "rowPolicies" | "cronJobs">;

/** Their statements read catalogs only, and so wait for nobody. */
type LockFree = Exclude<DatabaseSectionName, LateSection>;
const lockFree: { readonly [S in Exclude<LockFree, "sensitiveColumns">]: DatabaseCollector<S> } = {
  acls,
  defaultPrivileges,
  protectedTables,
  partitions,
  definerFunctions,
  protectedViews,
  extensions,
  eventTriggers,
  publications,
  userMappings,
  foreignServers,
  languages,
  notableFunctions,
};

/** What the policy asks for; everything else is read whatever it says. */
export interface AskedColumns {
  /** Patterns of `policy.privileges.sensitiveColumns`. */
  readonly sensitiveColumns: readonly string[];
}

/** What the first message asks of a database. */
export interface DatabaseQuestions {
  readonly statements: readonly Statement[];
  readonly sections: { readonly [S in LockFree]: Question<DatabaseSectionItem[S]> };
}

export function databaseQuestions(major: number, asked: AskedColumns): DatabaseQuestions {
  const collectors = { ...lockFree, sensitiveColumns: sensitiveColumns(asked.sensitiveColumns) };
  const questions = Object.entries(collectors).map(
    ([name, collector]) => [name, questionOf<unknown>(collector, major)] as const,
  );
  return {
    statements: [...questions.map(([, { statement }]) => statement), cronTableSql],
    // Object.fromEntries forgets the key type; the keys are exactly the lock-free sections.
    sections: Object.fromEntries(questions) as DatabaseQuestions["sections"],
  };
}

/** Everything of one database unavailable for one reason. */
export function noDatabase(gap: Unavailable): DatabaseSections {
  return {
    acls: gap,
    defaultPrivileges: gap,
    protectedTables: gap,
    rowPolicies: gap,
    partitions: gap,
    definerFunctions: gap,
    protectedViews: gap,
    extensions: gap,
    eventTriggers: gap,
    publications: gap,
    userMappings: gap,
    foreignServers: gap,
    languages: gap,
    notableFunctions: gap,
    sensitiveColumns: gap,
    cronJobs: gap,
  };
}

export interface ReadDatabase {
  readonly sections: DatabaseSections;
  /** Of `others`, one each. */
  readonly answers: readonly Answer[];
}

/**
 * Parses what the first message answered, asks for the rest in a second one, and ends the transaction.
 *
 * @param first answers to the questions' statements
 * @param others further statements for the second message
 */
export async function readDatabase(
  connection: CatalogConnection,
  name: string,
  questions: DatabaseQuestions,
  first: readonly Answer[],
  others: readonly string[],
  signal: AbortSignal,
): Promise<ReadDatabase> {
  const names = Object.keys(questions.sections);
  function section<S extends LockFree>(key: S): Section<DatabaseSectionItem[S]> {
    const { parse }: Question<DatabaseSectionItem[S]> = questions.sections[key];
    return parseAnswer(`${key} of database ${name}`, first[names.indexOf(key)], parse, signal);
  }

  const { major } = connection;
  const table = parseAnswer(
    `cronJobs of database ${name}`,
    first[names.length],
    (rows) => [cronJobsHidden(rows)],
    signal,
  );
  const noJobs = table.state === "unavailable" ? table : table.items[0];
  const late = [...others, ...(noJobs === undefined ? [cronJobs.sql(major)] : [])];
  const { policies, answers } = await askPolicies(connection, late, signal);
  return {
    answers: answers.slice(0, others.length),
    sections: {
      acls: section("acls"),
      defaultPrivileges: section("defaultPrivileges"),
      protectedTables: section("protectedTables"),
      rowPolicies: parseAnswer(`rowPolicies of database ${name}`, policies, rowPolicies.parse, signal),
      partitions: section("partitions"),
      definerFunctions: section("definerFunctions"),
      protectedViews: section("protectedViews"),
      extensions: section("extensions"),
      eventTriggers: section("eventTriggers"),
      publications: section("publications"),
      userMappings: section("userMappings"),
      foreignServers: section("foreignServers"),
      languages: section("languages"),
      notableFunctions: section("notableFunctions"),
      sensitiveColumns: section("sensitiveColumns"),
      cronJobs: noJobs ?? parseAnswer(`cronJobs of database ${name}`, answers[others.length], cronJobs.parse, signal),
    },
  };
}

async function askPolicies(
  connection: CatalogConnection,
  others: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly policies: Answer | undefined; readonly answers: readonly Answer[] }> {
  const statement = rowPolicies.sql(connection.major);
  const together = await askLast(connection, [...others, statement], signal);
  if (!(together instanceof CollectError)) return { policies: together.at(-1), answers: together.slice(0, -1) };

  const answers = await askOneByOne(connection, others, signal);
  const policies = await askAroundLocks(connection, statement, signal);
  await endTransaction(connection, signal);
  return { policies, answers };
}

/** A part of the policies would look like all of them: a table that is locked makes them unavailable, by its name. */
async function askAroundLocks(
  connection: CatalogConnection,
  statement: string,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  const [locks] = await askOneByOne(connection, [lockedTablesSql], signal);
  const tables = locks === undefined || locks instanceof CollectError ? [] : lockedTables(locks);
  if (tables.length === 0) return (await askOneByOne(connection, [statement], signal))[0];
  const shown = tables.slice(0, namedTables).join(", ");
  const rest = tables.length > namedTables ? ` and ${tables.length - namedTables} more` : "";
  return new CollectError(
    "timeout",
    `Row policies cannot be read while another session holds or awaits ACCESS EXCLUSIVE on ${shown}${rest}.`,
  );
}

const namedTables = 20;
