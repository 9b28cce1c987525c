import * as v from "valibot";
import type { DiagnosticSetting } from "../model/armEvidence.ts";
import type { LoginHistory } from "../model/logEvidence.ts";
import type { Section, Sections } from "../model/section.ts";
import { byCodeUnit } from "../diff/canonical.ts";
import { CollectError } from "./collectError.ts";
import type { LogReader } from "./collector.ts";
import { loginQuery, mostLoginRows } from "./loginQuery.ts";
import { unavailable } from "./section.ts";
import { sectionOf } from "./sectionOf.ts";

/** What lets a scanner read the tables of a workspace and nothing else of it. */
export const workspaceRole = "Log Analytics Data Reader";

const dayMs = 86_400_000;
/** Asked for beside the window, so that the record may begin before it. */
const marginDays = 2;

/** The log of connections and its groups, as diagnosticSettings.ts writes them. */
const logCategories = ["PostgreSQLLogs", "group:allLogs", "group:audit"];

const Instant = v.pipe(
  v.string(),
  v.check((text) => !Number.isNaN(Date.parse(text)), "a point in time"),
  v.transform((text) => new Date(text).toISOString()),
);
const Rows = v.array(v.object({ Kind: v.picklist(["role", "day"]), Name: v.string(), At: Instant }));

interface LoginHistoryRequest {
  readonly server: { readonly id: string; readonly name: string };
  /** ISO 8601 in UTC. */
  readonly takenAt: string;
  /** The window in days. */
  readonly days: number;
  readonly diagnosticSettings: Sections["diagnosticSettings"];
  readonly parameters: Sections["parameters"];
}

/** One query, of the first workspace that the server's log goes to; none where no login is recorded. */
export async function collectLoginHistory(
  { server, takenAt, days, diagnosticSettings, parameters }: LoginHistoryRequest,
  logs: LogReader,
  signal: AbortSignal,
): Promise<Section<LoginHistory>> {
  if (diagnosticSettings.state === "unavailable") {
    const { reason, detail } = diagnosticSettings;
    return unavailable(reason, `Where the log of server ${server.name} goes is not known: ${detail}`);
  }
  const workspaceId = workspaceOf(diagnosticSettings.items);
  if (workspaceId === undefined) {
    const detail = `No diagnostic setting sends PostgreSQLLogs of server ${server.name} to a Log Analytics workspace.`;
    return unavailable("absent", detail);
  }
  if (!recordsLogins(parameters)) {
    return unavailable("absent", `log_connections is off: server ${server.name} records no logins.`);
  }

  const askedFrom = new Date(Date.parse(takenAt) - (days + marginDays) * dayMs).toISOString();
  async function read(id: string): Promise<readonly LoginHistory[]> {
    const query = { workspaceId: id, text: loginQuery(server.id), from: askedFrom, to: takenAt };
    const rows = v.parse(Rows, await readNamingRole(query, logs, signal));
    if (rows.length >= mostLoginRows) throw new CollectError("shape", "More roles logged in than one answer holds.");
    const byDay = new Map(rows.flatMap(({ Kind, Name, At }) => (Kind === "day" ? [[Name, At]] : [])));
    const lastLogins = rows.flatMap(({ Kind, Name, At }) => (Kind === "role" ? [{ role: Name, at: At }] : []));
    return [{ workspaceId: id, askedFrom, since: unbrokenSince(byDay, takenAt), lastLogins }];
  }
  return await sectionOf(`loginHistory of server ${server.name}`, () => read(workspaceId), signal);
}

/** Lower-case id of the workspace whose setting comes first by name. */
export function workspaceOf(settings: readonly DiagnosticSetting[]): string | undefined {
  const sending = settings.filter(({ categories }) =>
    categories.some(({ category, enabled }) => enabled && logCategories.includes(category)),
  );
  return sending
    .toSorted((left, right) => byCodeUnit(left.name, right.name))
    .flatMap(({ workspaceId }) => (workspaceId === null ? [] : [workspaceId.toLowerCase()]))[0];
}

/** A Boolean up to PostgreSQL 17, a list of aspects from 18. Unread or unknown, the records themselves will tell. */
function recordsLogins(parameters: Sections["parameters"]): boolean {
  if (parameters.state === "unavailable") return true;
  const parameter = parameters.items.find(({ name }) => name === "log_connections");
  if (parameter === undefined) return true;
  const aspects = parameter.value.toLowerCase().split(/[\s,]+/);
  return ["on", "true", "yes", "1", "all", "authorization"].some((aspect) => aspects.includes(aspect));
}

async function readNamingRole(
  query: Parameters<LogReader["query"]>[0],
  logs: LogReader,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    return await logs.query(query, signal);
  } catch (error) {
    if (!(error instanceof CollectError) || error.reason !== "denied") throw error;
    const detail = `${error.message} The scanner needs the role ${workspaceRole} on workspace ${query.workspaceId}.`;
    throw new CollectError("denied", detail, { cause: error });
  }
}

/** The service itself logs in all day long: a day without any login is a day without a record. */
function unbrokenSince(byDay: ReadonlyMap<string, string>, takenAt: string): string | null {
  const today = Date.parse(takenAt.slice(0, 10));
  // What happened today may not have arrived yet.
  let day = byDay.has(dayText(today)) ? today : today - dayMs;
  let since: string | null = null;
  for (let first = byDay.get(dayText(day)); first !== undefined; first = byDay.get(dayText(day))) {
    since = first;
    day -= dayMs;
  }
  return since;
}

/** `2026-11-22` */
function dayText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
