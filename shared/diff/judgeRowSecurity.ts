import type { DatabaseParts, Snapshot } from "../model/drift.ts";
import type { Severity } from "../model/server.ts";
import { aclFrom } from "./aclKey.ts";
import type { Change } from "./changes.ts";
import {
  partitionItem,
  protectedTableItem,
  ownReaders,
  type ProtectedViewItem,
  protectedViewItem,
  type RowPolicyItem,
  rowPolicyItem,
} from "./databaseItem.ts";
import { namesOf } from "./itemKey.ts";
import { type Judgement, judgement, shown, worst } from "./judgement.ts";

/** One difference, as a clause, with what it weighs. */
export interface Difference {
  readonly severity: Severity;
  readonly clause: string;
}

export function judgeProtectedTable({ key, database, before, after }: Change, now: Snapshot): Judgement {
  const [, schema = "", table = ""] = namesOf(key);
  const name = `${schema}.${table} in database ${database ?? ""}`;
  const [old, current] = [protectedTableItem(before), protectedTableItem(after)];
  if (current === undefined) {
    if (isGone(now, database, schema, table)) return judgement("info", `Protected table ${name} was dropped.`);
    return judgement(
      old?.enabled === true ? "critical" : "low",
      `Table ${name} has no row security and no policies any more: whoever may read it reads every row.`,
      [],
      { direction: "gained" },
    );
  }
  if (old === undefined)
    return current.enabled
      ? judgement("info", `Table ${name} has row security now.`, [], { direction: "lost" })
      : judgement("medium", `Table ${name} has policies, but its row security is off: they do nothing.`);
  const differences: readonly Difference[] = [
    ...turned(old.enabled, current.enabled, "its row security was switched", "whoever may read it reads every row"),
    ...turned(old.forced, current.forced, "FORCE was switched", "its owner reads every row"),
    ...(old.owner === current.owner
      ? []
      : [{ severity: "high" as const, clause: `its owner changed from ${old.owner} to ${current.owner}` }]),
    ...(old.policyCount === current.policyCount
      ? []
      : [
          {
            severity: "high" as const,
            clause: `it has ${current.policyCount ?? "an unknown number of"} policies now, not ${old.policyCount ?? "an unknown number"}`,
          },
        ]),
    ...(old.partitioned === current.partitioned ? [] : [{ severity: "low" as const, clause: "it was made anew" }]),
  ];
  const isLess = (old.enabled && !current.enabled) || (old.forced && !current.forced);
  return combined(`Protected table ${name}`, differences, isLess ? "gained" : "changed");
}

function turned(old: boolean, current: boolean, what: string, allows: string): readonly Difference[] {
  if (old === current) return [];
  return current
    ? [{ severity: "info", clause: `${what} on` }]
    : [{ severity: "critical", clause: `${what} off: ${allows}` }];
}

export function combined(
  name: string,
  differences: readonly Difference[],
  direction: Judgement["direction"] = "changed",
): Judgement {
  const clauses = differences.map(({ clause }) => clause);
  const message = `${name} changed: ${clauses.join("; ") || "in a way that this version does not name"}.`;
  return judgement(
    worst(...differences.map(({ severity }) => severity), clauses.length === 0 ? "low" : "info"),
    message,
    [],
    {
      direction,
    },
  );
}

/** The privileges of every table are known, and this one is not among them. */
function isGone({ databases }: Snapshot, database: string | null, schema: string, table: string): boolean {
  const parts = database !== null && Object.hasOwn(databases, database) ? databases[database] : undefined;
  return parts?.acls.state === "collected" && !hasTable(parts, schema, table);
}

function hasTable({ acls }: DatabaseParts, schema: string, table: string): boolean {
  return Object.entries(acls.items).some(([key, objects]) => {
    if (!key.startsWith("acl/table/") || aclFrom(key)?.schema !== schema) return false;
    return Array.isArray(objects) && objects.includes(table);
  });
}

export function judgeRowPolicy({ key, database, before, after }: Change, now: Snapshot): Judgement {
  const [, schema = "", table = "", policy = ""] = namesOf(key);
  const name = `Policy ${policy} of table ${schema}.${table} in database ${database ?? ""}`;
  const [old, current] = [rowPolicyItem(before), rowPolicyItem(after)];
  if (current === undefined) return removedPolicy(name, old, hasPolicy(now, database, key));
  if (old === undefined)
    return current.permissive
      ? judgement(
          "high",
          `${name} was added: it lets ${current.roles.join(", ")} ${verb(current)} ${rows(current)}.`,
          [],
          {
            direction: "gained",
          },
        )
      : judgement("low", `${name} was added: it restricts ${current.roles.join(", ")}.`, [], { direction: "lost" });
  return combined(name, policyDifferences(old, current));
}

function removedPolicy(name: string, old: RowPolicyItem | undefined, hasOthers: boolean): Judgement {
  if (!hasOthers)
    return judgement(
      "critical",
      `${name} was dropped, and it was the table's last one: nothing says whose rows are whose.`,
    );
  return old?.permissive === false
    ? judgement("high", `${name} was dropped: what it kept from ${old.roles.join(", ")} is open now.`, [], {
        direction: "gained",
      })
    : judgement("medium", `${name} was dropped: its rows are closed to ${old?.roles.join(", ") ?? "its roles"}.`, [], {
        direction: "lost",
      });
}

function hasPolicy({ databases }: Snapshot, database: string | null, key: string): boolean {
  const parts = database !== null && Object.hasOwn(databases, database) ? databases[database] : undefined;
  // Names in keys are encoded, so no name holds a slash.
  const [, , schema = "", table = ""] = key.split("/");
  const prefix = `rowPolicy/${schema}/${table}/`;
  return parts === undefined || Object.keys(parts.rowPolicies.items).some((one) => one.startsWith(prefix));
}

function verb({ command }: RowPolicyItem): string {
  return command === "ALL" ? "use" : command;
}

function rows({ using, check }: RowPolicyItem): string {
  return using === "true" || (using === null && check === "true")
    ? "all rows"
    : `rows where ${using ?? check ?? "true"}`;
}

function policyDifferences(old: RowPolicyItem, current: RowPolicyItem): readonly Difference[] {
  const fields = [
    ["command", "its command"],
    ["using", "its USING expression"],
    ["check", "its CHECK expression"],
  ] as const;
  const [were, are] = [old.roles.join(", "), current.roles.join(", ")];
  return [
    ...fields.flatMap(([field, what]) =>
      old[field] === current[field]
        ? []
        : [
            {
              severity: "high" as const,
              clause: `${what} changed from ${shown(old[field])} to ${shown(current[field])}`,
            },
          ],
    ),
    ...(were === are ? [] : [{ severity: "high" as const, clause: `it holds for ${are} now, not for ${were}` }]),
    ...(old.permissive === current.permissive
      ? []
      : [{ severity: "high" as const, clause: current.permissive ? "it is permissive now" : "it restricts now" }]),
  ];
}

export function judgePartition({ key, database, before, after }: Change): Judgement {
  const [, schema = "", table = ""] = namesOf(key);
  const [old, current] = [partitionItem(before), partitionItem(after)];
  const of = current ?? old;
  const name = `Partition ${schema}.${table} of ${of?.parentSchema ?? ""}.${of?.parentTable ?? ""} in database ${database ?? ""}`;
  if (current === undefined) return judgement("info", `${name} is gone.`);
  const state = current.enabled
    ? "has row security of its own"
    : "has no row security of its own: who reads it directly reads every row";
  if (old === undefined) return judgement(current.enabled ? "info" : "low", `${name} is new and ${state}.`);
  return judgement(old.enabled && !current.enabled ? "high" : "low", `${name} changed: it ${state}.`);
}

export function judgeProtectedView({ key, database, before, after }: Change): Judgement {
  const [, schema = "", view = "", tableSchema = "", table = ""] = namesOf(key);
  const [old, current] = [protectedViewItem(before), protectedViewItem(after)];
  const name = `View ${schema}.${view} over the protected table ${tableSchema}.${table} in database ${database ?? ""}`;
  if (current === undefined) return judgement("info", `${name} is gone.`, [], { direction: "lost" });
  if (old === undefined) {
    if (!current.materialized && lentRights(current).length === 0)
      return judgement("info", `${name} is new and reads ${readingText(current)}.`);
    const reads = current.materialized
      ? `it holds what its owner saw with the rights of ${current.owner}`
      : `it reads ${readingText(current)}`;
    return judgement("high", `${name} is new: ${reads}.`, [], { direction: "gained" });
  }
  const isOtherReading = readingText(old) !== readingText(current);
  return combined(name, [
    ...(old.owner === current.owner
      ? []
      : [{ severity: "high" as const, clause: `its owner changed from ${old.owner} to ${current.owner}` }]),
    ...(old.invoker === current.invoker || isOtherReading
      ? []
      : [{ severity: "low" as const, clause: `security_invoker was switched ${current.invoker ? "on" : "off"}` }]),
    // A new owner says so itself.
    ...(isOtherReading && (old.owner === current.owner || old.invoker !== current.invoker)
      ? [
          {
            severity: lentRights(current).length === 0 ? ("info" as const) : ("high" as const),
            clause: `it reads ${readingText(current)} now`,
          },
        ]
      : []),
    ...(old.materialized === current.materialized
      ? []
      : [{ severity: "medium" as const, clause: "it is of another kind" }]),
  ]);
}

/** Roles whose rights the view lends to who asks. */
function lentRights(view: ProtectedViewItem): readonly string[] {
  return (view.readsAs ?? ownReaders(view)).filter((as) => as !== null);
}

function readingText(view: ProtectedViewItem): string {
  const lent = lentRights(view);
  if (lent.length > 0) return `with the rights of ${lent.join(", ")}`;
  return view.readsAs?.length === 0 ? "what a materialised view keeps of it" : "as its caller";
}
