import type { LedgerEntry } from "../model/drift.ts";
import { readLedger } from "./runState.ts";
import type { ScanPorts } from "./scanPorts.ts";
import { findServer } from "./storedServers.ts";

/** Which entries of the ledger are asked for. `open` leaves out what was resolved. */
export type FindingState = "open" | "resolved" | "all";

export interface ServerFindings {
  readonly id: string;
  readonly name: string;
  readonly takenAt: string;
  /** Null in `title` for findings that are no control's, such as an expired waiver. */
  readonly findings: readonly (LedgerEntry & { readonly title: string | null })[];
}

/** A server's findings ledger as the last scan left it. @returns undefined when the server was never scanned */
export async function serverFindings(
  server: string,
  state: FindingState,
  { store, controls }: Pick<ScanPorts, "store" | "controls">,
  signal: AbortSignal,
): Promise<ServerFindings | undefined> {
  const stored = await findServer(server, store, signal);
  if (stored === undefined) return undefined;
  const ledger = await readLedger(store, stored.key, signal);
  const titles = new Map(controls.map(({ meta }) => [meta.id, meta.title]));
  const entries = (ledger?.value.entries ?? []).filter(
    ({ resolvedAt }) => state === "all" || (resolvedAt === null) === (state === "open"),
  );
  const { takenAt, result } = stored.latest;
  const findings = entries.map((entry) => ({ ...entry, title: titles.get(entry.controlId) ?? null }));
  return { id: result.serverId, name: result.serverName, takenAt, findings };
}
