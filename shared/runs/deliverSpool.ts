import { appendAudit } from "../publish/auditLog.ts";
import { replaySpool, type SpoolReplay } from "../publish/spool.ts";
import type { ScanPorts } from "./scanPorts.ts";

/** Replays the spool; without a sink everything waits. Audit lines tell what left it and what cannot. */
export async function deliverSpool(ports: ScanPorts, signal: AbortSignal): Promise<SpoolReplay> {
  if (ports.sink === null) return { delivered: 0, waiting: 0, problems: [] };
  const now = ports.now();
  const replay = await replaySpool(ports.store, ports.sink, signal, now);
  if (replay.delivered + replay.problems.length === 0) return replay;
  const event = {
    actor: "pgwarden",
    action: "spool.replay",
    target: ports.sink.name,
    outcome: replay.problems.length === 0 ? "delivered" : "incomplete",
    runId: null,
    detail: { delivered: replay.delivered, waiting: replay.waiting, problems: replay.problems },
  };
  await appendAudit(ports.audit, "delivery", [event], now, signal);
  return replay;
}
