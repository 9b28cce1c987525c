import type { Credential, CredentialServer } from "../model/credential.ts";
import type { DeliveryStatus } from "../model/run.ts";
import { auditRows } from "../publish/rows/auditRows.ts";
import type { RowContext } from "../publish/rows/row.ts";
import { credentialRow, rotationStepRows } from "../publish/rows/rotationRows.ts";
import type { TableRow } from "../publish/tables.ts";
import { nextDueAt } from "../rotate/dueCredentials.ts";
import type { TickReport } from "../rotate/tickReport.ts";
import { type AuditJournal, auditStream } from "./auditJournal.ts";
import { hasNews, remarksOf, stateAfter } from "./credentialNews.ts";
import { type CredentialState, updateCredentialState } from "./credentialState.ts";
import { deliverTables, type RecordPorts } from "./deliver.ts";
import type { RotationReason } from "./rotationPorts.ts";

export interface TickRecord {
  readonly credential: Credential;
  /** Null when it was not found. */
  readonly server: CredentialServer | null;
  readonly report: TickReport;
  readonly runId: string;
  readonly actor: string;
  readonly reason: RotationReason;
  /** The wish that is granted by this, if it came with a message or a command. */
  readonly requestId: string | null;
  /** Whether the tick was to begin a rotation. */
  readonly wished: boolean;
}

/** What became of the record. A problem is a sentence; it never undoes what was done to the password. */
export interface Recorded {
  /** Whether anything was told: a tick that did nothing and found what the one before found is not worth a line. */
  readonly told: boolean;
  readonly delivery: DeliveryStatus | null;
  readonly problems: readonly string[];
}

/**
 * Writes down a tick: its state, and when it did something, was asked for or found something new, the rest of its audit
 * lines and its rows. So somebody hears of a credential that keeps failing once, and not every five minutes.
 */
export async function recordTick(
  record: TickRecord,
  journal: AuditJournal,
  ports: RecordPorts,
  signal: AbortSignal,
): Promise<Recorded> {
  const problems: string[] = [];
  const changed = await change(record, ports, signal).catch((error: unknown) => {
    problems.push(`The state of ${record.credential.name} was not written: ${messageOf(error)}`);
    return undefined;
  });
  const news = changed === undefined || hasNews(changed.before, changed.after);
  const told = journal.hasEffect() || news || record.requestId !== null;
  if (told) {
    const problem = await journal.finish(news ? [stateEvent(record, changed?.before)] : [], signal);
    if (problem !== null) problems.push(problem);
  }

  // A wish that met another worker has its first line in the log: without its row, a line would seem to be missing.
  const lines = journal.lines();
  if (!told && lines.length === 0) return { told, delivery: null, problems };
  const context = rowContext(record, ports.now());
  const { status, refusals } = await deliverTables(
    {
      ...(told && { PgWardenRotation_CL: rotationRows(record, journal, context) }),
      PgWardenAudit_CL: auditRows(auditStream(record.credential.name), lines, context),
    },
    ports,
    signal,
  );
  // What is spooled comes later; only what is lost is a problem.
  return { told, delivery: status, problems: status === "lost" ? [...problems, ...refusals] : problems };
}

function rotationRows(
  { credential, report, reason }: TickRecord,
  journal: AuditJournal,
  context: RowContext,
): readonly TableRow<"PgWardenRotation_CL">[] {
  const { published, state, intent } = report;
  const news = {
    state,
    remarks: remarksOf(report),
    published,
    logsIn: published?.logsIn ?? null,
    nextDueAt: nextDueAt({ credential, published })?.toISOString() ?? null,
    intent,
  };
  return [
    ...rotationStepRows(credential, journal.steps(), { reason, state }, context),
    credentialRow(credential, news, reason, context),
  ];
}

/** The server's ids are those of its ARM id; rows of a server that was not found have none. */
export function rowContext({ server, runId }: Pick<TickRecord, "server" | "runId">, now: Date): RowContext {
  const context = { runId, now, takenAt: now.toISOString() };
  if (server === null) return { ...context, server: null };
  const { id, name } = server;
  const [, , subscriptionId = "", , resourceGroup = ""] = id.split("/");
  return { ...context, server: { id, name, subscriptionId, resourceGroup } };
}

async function change({ credential, report, requestId, wished }: TickRecord, ports: RecordPorts, signal: AbortSignal) {
  const now = ports.now().toISOString();
  return await updateCredentialState(
    ports.store,
    credential.name,
    (before) => {
      const after = stateAfter(before, report, wished, now);
      return requestId === null ? after : { ...after, requests: granted(after.requests, requestId, now) };
    },
    signal,
  );
}

function granted(requests: CredentialState["requests"], id: string, at: string): CredentialState["requests"] {
  const known = requests.find((request) => request.id === id);
  const others = requests.filter((request) => request.id !== id);
  return [...others, { id, status: "done", generation: known?.generation ?? null, at }];
}

function stateEvent({ credential, report, runId, actor, reason }: TickRecord, before: CredentialState | undefined) {
  const [first] = remarksOf(report);
  return {
    actor,
    action: "rotation.state",
    target: credential.name,
    outcome: report.state,
    runId,
    detail: {
      reason,
      before: before?.health?.state ?? null,
      codes: remarksOf(report).map(({ code }) => code),
      message: first?.message ?? null,
      remedy: first?.remedy ?? null,
      secretVersion: report.published?.version ?? null,
      generation: report.published?.key?.generation ?? null,
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "for an unknown reason";
}
