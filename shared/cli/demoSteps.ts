import { approveBaseline } from "../runs/approveBaseline.ts";
import type { FleetScan } from "../runs/scanFleet.ts";
import type { Wiring } from "../wiring.ts";

/** Approves what a scan just saw as the baseline of every server in it. @returns the names of those servers */
export async function approveAll(
  { scans }: FleetScan,
  { ports, signal }: Pick<Wiring, "ports" | "signal">,
  reason: string,
): Promise<readonly string[]> {
  const approved: string[] = [];
  for (const { result } of scans) {
    const { serverId, digest, serverName } = result;
    const approval = { serverId, digest, approvedBy: "local operator", reason, expires: null };
    const { outcome } = await approveBaseline(approval, ports, signal);
    if (outcome !== "approved") throw new Error(`The baseline of ${serverName} was not approved: ${outcome}.`);
    approved.push(serverName);
  }
  return approved;
}
