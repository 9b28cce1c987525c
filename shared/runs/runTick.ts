import type { Credential, CredentialServer } from "../model/credential.ts";
import type { RotationCode } from "../rotate/rotationError.ts";
import type { Wish } from "../rotate/tick.ts";
import type { TickReport } from "../rotate/tickReport.ts";
import { type AuditJournal, auditJournal } from "./auditJournal.ts";
import { keepEvidence } from "./keepEvidence.ts";
import { type Recorded, recordTick, type TickRecord } from "./recordTick.ts";
import type { CredentialPorts } from "./rotationPorts.ts";

export interface TickTask extends Pick<TickRecord, "credential" | "runId" | "actor" | "reason" | "requestId"> {
  readonly wish: Wish;
}

export interface TickResult {
  readonly report: TickReport;
  readonly recorded: Recorded;
}

/**
 * One tick of a credential with everything around it: keeps the audit log, finds the server, writes down how it ended.
 *
 * @throws the store's error when the audit log does not take the line that a wished rotation begins with
 */
export async function runTick(task: TickTask, ports: CredentialPorts, signal: AbortSignal): Promise<TickResult> {
  const { credential, wish } = task;
  const journal = auditJournal({ actor: task.actor, target: credential.name, runId: task.runId }, ports);
  const wished = wish !== "recover";
  if (task.requestId !== null) {
    const detail = { reason: task.reason, wish };
    await journal.begin({ action: "rotation.start", outcome: wished ? "started" : "resumed", detail }, signal);
  }
  const { server, report } = await tickOnServer(credential, wish, journal, ports, signal);
  // A wish that met another worker is not granted yet.
  const requestId = report.state === "busy" ? null : task.requestId;
  const recorded = await recordTick({ ...task, server, report, wished, requestId }, journal, ports, signal);
  const problem = await keepEvidence({ credential, server, report, wished }, ports, signal);
  if (problem === null) return { report, recorded };
  return { report, recorded: { ...recorded, problems: [...recorded.problems, problem] } };
}

async function tickOnServer(
  credential: Credential,
  wish: Wish,
  journal: AuditJournal,
  ports: CredentialPorts,
  signal: AbortSignal,
): Promise<{ readonly server: CredentialServer | null; readonly report: TickReport }> {
  // Recovery must not depend on Resource Manager; a new rotation asks where the server is.
  const found = await ports.findServer(credential, wish !== "recover", signal);
  if (found.state === "found") {
    const { server } = found;
    const report = await ports.tick({ credential, server, wish }, journal, signal);
    return { server, report };
  }
  const code: RotationCode = found.state === "missing" ? "SERVER_MISSING" : "ARM_UNREACHABLE";
  const report: TickReport = {
    credential: credential.name,
    state: found.state === "missing" ? "refused" : "unknown",
    steps: [],
    remarks: [{ code, message: found.why, remedy: null }],
    published: null,
    intent: null,
    seen: null,
  };
  return { server: null, report };
}
