import { replaySpool, type SpoolReplay } from "../publish/spool.ts";
import { audit } from "./deliver.ts";
import type { ScanPorts } from "./scanPorts.ts";

const nothing: SpoolReplay = { delivered: 0, late: 0, repeated: 0, refused: 0, waiting: 0, problems: [] };

/** Replays the spool; without a sink everything waits. Audit lines tell what left it and what cannot. */
export async function deliverSpool(ports: ScanPorts, signal: AbortSignal): Promise<SpoolReplay> {
  if (ports.sink === null) return nothing;
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
  await audit("delivery", [event], null, ports, signal);
  return replay;
}
