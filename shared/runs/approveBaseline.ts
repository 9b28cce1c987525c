import { isInForce } from "../evaluate/baselineState.ts";
import type { Baseline } from "../model/drift.ts";
import { serverKey } from "../publish/stateBlobs.ts";
import { audit } from "./deliver.ts";
import { readLatest, writeBaseline } from "./runState.ts";
import type { ScanPorts } from "./scanPorts.ts";

export interface Approval {
  readonly serverId: string;
  /** The digest that the approver saw. */
  readonly digest: string;
  readonly approvedBy: string;
  readonly reason: string;
  readonly expires: string | null;
}

export type ApprovalOutcome =
  | { readonly outcome: "approved"; readonly baseline: Baseline }
  | { readonly outcome: "moved"; readonly digest: string }
  | { readonly outcome: "notScanned" }
  /** The approval would have ended before it began. */
  | { readonly outcome: "over" };

/** Makes the newest snapshot of a server its baseline, if it still is the one that the approver saw. */
export async function approveBaseline(
  approval: Approval,
  ports: ScanPorts,
  signal: AbortSignal,
): Promise<ApprovalOutcome> {
  const key = serverKey(approval.serverId);
  const latest = await readLatest(ports.store, key, signal);
  if (latest === undefined) return { outcome: "notScanned" };
  const { digest, snapshot } = latest.value;
  const now = ports.now();
  if (!isInForce(approval, now.toISOString())) return { outcome: "over" };
  const moved = digest !== approval.digest;
  const event = {
    actor: approval.approvedBy,
    action: "baseline.approve",
    target: approval.serverId,
    outcome: moved ? "refused" : "approved",
    runId: latest.value.runId,
    detail: { digest: approval.digest, current: digest, reason: approval.reason, expires: approval.expires },
  };
  await audit("approvals", [event], null, ports, signal);
  if (moved) return { outcome: "moved", digest };

  const { serverId, approvedBy, reason, expires } = approval;
  const baseline = { serverId, digest, approvedBy, approvedAt: now.toISOString(), reason, expires, snapshot };
  await writeBaseline(ports.store, key, baseline, signal);
  return { outcome: "approved", baseline };
}
