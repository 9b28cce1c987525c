import { sha256 } from "../../diff/canonical.ts";
import type { ServerRef } from "../../model/server.ts";
import { type OwnColumns, type TableName, type TableRow, tables } from "../tables.ts";
import { fitField } from "./fitField.ts";

/** What rows of one run, and mostly of one server, have in common. */
export interface RowContext {
  readonly runId: string;
  /** Becomes TimeGenerated. */
  readonly now: Date;
  /** When the posture was taken, ISO 8601. */
  readonly takenAt: string;
  /** Null for a row about a whole run. */
  readonly server: Pick<ServerRef, "id" | "name" | "subscriptionId" | "resourceGroup"> | null;
}

/**
 * Completes a table's own columns with the common ones.
 *
 * @param object what the row is about within run, table and server; equal objects make equal RowIds
 */
export function makeRow<T extends TableName>(
  table: T,
  { runId, now, takenAt, server }: RowContext,
  object: string,
  own: OwnColumns<T>,
): TableRow<T> {
  const common = {
    TimeGenerated: now.toISOString(),
    CollectedAt: takenAt,
    RunId: runId,
    RowId: sha256([runId, table, server?.id ?? "", object].join("|")),
    SchemaVersion: tables[table].schemaVersion,
    TargetResourceId: server?.id ?? null,
    SubscriptionId: server?.subscriptionId ?? null,
    ResourceGroup: server?.resourceGroup ?? null,
    ServerName: server?.name ?? null,
  };
  const fitted = Object.fromEntries(Object.entries(own).map(([column, value]) => [column, fitField(value)]));
  // fitField keeps a column's type: text stays text, a dynamic value stays an object or array.
  return { ...common, ...(fitted as OwnColumns<T>) };
}

/** Kind and decoded name of a subject or cause: `membership/a/b` is a membership named `a/b`. */
export function objectOf(subject: string): { readonly ObjectType: string; readonly ObjectName: string | null } {
  const [kind = subject, ...names] = subject.split("/");
  const decoded = names.map((name) => name.replaceAll("%2F", "/").replaceAll("%25", "%"));
  return { ObjectType: kind, ObjectName: decoded.length === 0 ? null : decoded.join("/") };
}
