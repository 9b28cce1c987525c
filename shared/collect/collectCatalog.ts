import type { CatalogContext } from "../model/catalogEvidence.ts";
import type { DatabaseFacts } from "../model/databaseEvidence.ts";
import type { DatabasePosture } from "../model/posture.ts";
import type { DatabaseSections, Section, SectionItem, Sections, Unavailable } from "../model/section.ts";
import { byCodeUnit } from "../diff/canonical.ts";
import { askFirst, openInTime, type Answer } from "./catalogSession.ts";
import { CollectError } from "./collectError.ts";
import type { CatalogConnection, CatalogPort, CatalogSectionName, CatalogTarget, SqlCollector } from "./collector.ts";
import { context } from "./context.ts";
import { databases } from "./databases.ts";
import { memberships } from "./memberships.ts";
import { missingConnect } from "./missingRight.ts";
import { parseAnswer } from "./parseAnswer.ts";
import { passwordTypeFunction, passwordTypeFunctionSql, passwordTypes } from "./passwordTypes.ts";
import { type AskedColumns, databaseQuestions, noDatabase, readDatabase } from "./readDatabase.ts";
import { replicationSlots } from "./replicationSlots.ts";
import { roles } from "./roles.ts";
import { roleSettings } from "./roleSettings.ts";
import { collected, unavailable } from "./section.ts";
import { gapOf } from "./sectionOf.ts";
import { sessions } from "./sessions.ts";
import { settings } from "./settings.ts";
import { sharedAcls } from "./sharedAcls.ts";
import { subscriptions } from "./subscriptions.ts";
import { unknownRole } from "./unknownRole.ts";

export type CatalogSections = Pick<Sections, CatalogSectionName>;

export interface CatalogRequest extends CatalogTarget, AskedColumns {
  /** Names of databases that are not read. */
  readonly excludedDatabases: readonly string[];
}

export interface CollectedCatalogs {
  readonly sections: CatalogSections;
  /** As `Posture.databases`. */
  readonly databases: readonly DatabasePosture[];
}

/** Read from the database that the request names; settings first, for a session's own would show in them. */
const serverWide: { readonly [S in Exclude<CatalogSectionName, "passwordTypes">]: SqlCollector<S> } = {
  settings,
  context,
  roles,
  memberships,
  roleSettings,
  sessions,
  databases,
  sharedAcls,
  subscriptions,
  replicationSlots,
};

/**
 * Reads the catalogs of a server and of every database in scope: one read-only transaction each, over one connection
 * at a time. What fails costs only its own section, and a database that refuses only its own.
 */
export async function collectCatalogs(
  request: CatalogRequest,
  port: CatalogPort,
  signal: AbortSignal,
): Promise<CollectedCatalogs> {
  const start = await withConnection(request, port, (connection) => readTwice(connection, request, signal), signal);
  if ("state" in start) return { sections: noCatalog(start), databases: [] };
  const sections = { ...start.sections, databases: markExcluded(start.sections.databases, request) };

  const found: DatabasePosture[] = [];
  for (const { name, connectable } of databasesToRead(sections.databases, request)) {
    const target = { ...request, database: name };
    if (name === request.database) found.push({ name, sections: start.database });
    else if (!connectable) found.push({ name, sections: noDatabase(missingConnect(name, request.role)) });
    else found.push({ name, sections: await readOther(target, port, sections.roles, signal) });
  }
  return { sections, databases: found };
}

async function withConnection<T>(
  target: CatalogTarget,
  port: CatalogPort,
  read: (connection: CatalogConnection) => Promise<T>,
  signal: AbortSignal,
): Promise<T | Unavailable> {
  let connection: CatalogConnection;
  try {
    connection = await openInTime(target, port, signal);
  } catch (error) {
    return gapOf(`the catalog of database ${target.database} of ${target.host}`, error, signal);
  }
  try {
    return await read(connection);
  } finally {
    await connection.close();
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

function markExcluded(section: Section<DatabaseFacts>, { excludedDatabases }: CatalogRequest): Section<DatabaseFacts> {
  if (section.state === "unavailable") return section;
  return collected(section.items.map((facts) => ({ ...facts, excluded: excludedDatabases.includes(facts.name) })));
}

/** Templates are left out: what is in them becomes of interest in the databases made from them. */
function databasesToRead(
  section: Section<DatabaseFacts>,
  { database, excludedDatabases }: CatalogRequest,
): readonly Pick<DatabaseFacts, "name" | "connectable">[] {
  if (section.state === "unavailable") {
    return excludedDatabases.includes(database) ? [] : [{ name: database, connectable: true }];
  }
  return section.items
    .filter(({ allowsConnections, template, excluded }) => allowsConnections && !template && !excluded)
    .toSorted((left, right) => byCodeUnit(left.name, right.name));
}

interface Start {
  readonly sections: CatalogSections;
  readonly database: DatabaseSections;
}

/** Once more when a role was renamed under the first reading; if that happened again, the ACLs are given up. */
async function readTwice(connection: CatalogConnection, request: CatalogRequest, signal: AbortSignal): Promise<Start> {
  const first = await readStart(connection, request, signal);
  if (strangerIn(first) === undefined) return first;
  const second = await readStart(connection, request, signal);
  const stranger = strangerIn(second);
  if (stranger === undefined) return second;
  const gap = renamed(stranger);
  return { sections: { ...second.sections, sharedAcls: gap }, database: { ...second.database, acls: gap } };
}

function strangerIn({ sections, database }: Start): string | undefined {
  const names = namesOf(sections.roles);
  return names === undefined ? undefined : unknownRole([sections.sharedAcls, database.acls], names);
}

function namesOf(section: Section<SectionItem["roles"]>): ReadonlySet<string> | undefined {
  return section.state === "collected" ? new Set(section.items.map(({ name }) => name)) : undefined;
}

function renamed(role: string): Unavailable {
  return unavailable(
    "shape",
    `ACLs name role ${role}, which the list of roles does not have: roles are being renamed.`,
  );
}

async function readStart(connection: CatalogConnection, request: CatalogRequest, signal: AbortSignal): Promise<Start> {
  const { major } = connection;
  const { database } = request;
  const [early, ...statements] = Object.values(serverWide).map(({ sql }) => sql(major));
  const questions = databaseQuestions(major, request);
  const asked = [...statements, passwordTypeFunctionSql, ...questions.statements];
  const answers = await askFirst(connection, early === undefined ? [] : [early], asked, signal);

  const names = Object.keys(serverWide);
  const who = parseAnswer("context", answers[names.indexOf("context")], context.parse, signal);
  const login = who.state === "collected" ? who.items[0] : undefined;
  function section<S extends keyof typeof serverWide>(name: S): Section<SectionItem[S]> {
    return parsed(serverWide[name], answers[names.indexOf(name)], login, signal);
  }
  const found = parseAnswer("passwordTypes", answers[names.length], (rows) => [passwordTypeFunction(rows)], signal);
  const types = passwordTypesAt(found);
  const others = "sql" in types ? [types.sql(major)] : [];
  const own = answers.slice(names.length + 1);
  const rest = await readDatabase(connection, database, questions, own, others, signal);
  return {
    sections: {
      context: who,
      settings: section("settings"),
      roles: section("roles"),
      passwordTypes: "sql" in types ? parseAnswer("passwordTypes", rest.answers[0], types.parse, signal) : types,
      memberships: section("memberships"),
      roleSettings: section("roleSettings"),
      sessions: section("sessions"),
      databases: section("databases"),
      sharedAcls: section("sharedAcls"),
      subscriptions: section("subscriptions"),
      replicationSlots: section("replicationSlots"),
    },
    database: rest.sections,
  };
}

function passwordTypesAt(
  found: Section<ReturnType<typeof passwordTypeFunction>>,
): SqlCollector<"passwordTypes"> | Unavailable {
  if (found.state === "unavailable") return found;
  const [place = unavailable("absent", "Nothing was found.")] = found.items;
  return typeof place === "string" ? passwordTypes(place) : place;
}

function parsed<S extends CatalogSectionName>(
  collector: SqlCollector<S>,
  answer: Answer | undefined,
  login: CatalogContext | undefined,
  signal: AbortSignal,
): Section<SectionItem[S]> {
  if (collector.hidden !== undefined && !(answer instanceof CollectError)) {
    // Without the context nobody knows whether rows were hidden.
    if (login === undefined)
      return unavailable("denied", `What this login may see of ${collector.section} is unknown.`);
    const hidden = collector.hidden(login);
    if (hidden !== undefined) return hidden;
  }
  return parseAnswer(collector.section, answer, collector.parse, signal);
}

/** Roles were read before, from another database: when ACLs name one that is new, both are read anew, together. */
async function readOther(
  target: CatalogTarget & AskedColumns,
  port: CatalogPort,
  known: Section<SectionItem["roles"]>,
  signal: AbortSignal,
): Promise<DatabaseSections> {
  const read = await withConnection(
    target,
    port,
    async (connection) => {
      const questions = databaseQuestions(connection.major, target);
      const first = await askFirst(connection, [], questions.statements, signal);
      const { sections } = await readDatabase(connection, target.database, questions, first, [], signal);
      const names = namesOf(known);
      if (names === undefined || unknownRole([sections.acls], names) === undefined) return sections;

      const anew = [roles.sql(connection.major), ...questions.statements];
      const [role, ...second] = await askFirst(connection, [], anew, signal);
      const again = await readDatabase(connection, target.database, questions, second, [], signal);
      const now = namesOf(parseAnswer("roles", role, roles.parse, signal)) ?? names;
      const stranger = unknownRole([again.sections.acls], now);
      return stranger === undefined ? again.sections : { ...again.sections, acls: renamed(stranger) };
    },
    signal,
  );
  return "state" in read ? noDatabase(read) : read;
}
