import { CollectError } from "../../collect/collectError.ts";
import type { ProbeTarget } from "../../collect/collector.ts";
import type { ReachabilityProbe } from "../../model/probeEvidence.ts";
import { onWire, requestTls, type ProbeOptions } from "../wire.ts";

/** Whether the port is open from here. A closed one is an answer. @throws CollectError `deadline` only */
export async function reachability(
  target: ProbeTarget,
  options: ProbeOptions,
  signal: AbortSignal,
): Promise<ReachabilityProbe> {
  const { port } = target;
  try {
    const answer = await onWire(target, options, signal, requestTls);
    if (answer === "S" || answer === "N") return { port, open: true, detail: `SSLRequest was answered with ${answer}` };
    const detail = answer === "" ? "the connection was closed at SSLRequest" : "SSLRequest was answered with no S or N";
    return { port, open: answer !== "", detail };
  } catch (error) {
    if (!(error instanceof CollectError) || error.reason === "deadline") throw error;
    return { port, open: false, detail: error.message };
  }
}
