import type { Snapshot } from "../model/drift.ts";
import type { Severity } from "../model/server.ts";
import { namesOf } from "./itemKey.ts";
import { protectedTableItem } from "./databaseItem.ts";

export interface ProtectedOwner {
  readonly owner: string;
  /** `, owner of the protected table app.accounts in shop`. */
  readonly note: string;
  /** Without FORCE an owner is not held by the policies at all; with it, it can lift them. */
  readonly severity: Severity;
}

/** Owners of tables with row security, each once. */
export function protectedOwners({ databases }: Snapshot): readonly ProtectedOwner[] {
  const owners = new Map<string, ProtectedOwner>();
  for (const [database, { protectedTables }] of Object.entries(databases)) {
    for (const [key, value] of Object.entries(protectedTables.items)) {
      const table = protectedTableItem(value);
      if (table?.enabled !== true || (owners.has(table.owner) && table.forced)) continue;
      const note = `, owner of the protected table ${namesOf(key).join(".")} in ${database}`;
      owners.set(table.owner, { owner: table.owner, note, severity: table.forced ? "high" : "critical" });
    }
  }
  return [...owners.values()];
}
