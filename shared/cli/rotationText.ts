import type { RotationPlan } from "../rotate/planRotation.ts";
import type { Remark, TickReport } from "../rotate/tickReport.ts";
import type { RecoveredCredential } from "../runs/recoverCredentials.ts";
import { longest, table } from "./table.ts";
import { visibleLine } from "./visible.ts";

/** What a rotation did, step by step, and how it ended. */
export function rotationText(report: TickReport, width: number): string {
  return report.steps.length === 0 ? endText(report) : `${stepsTable(report, width)}\n\n${endText(report)}`;
}

function stepsTable({ steps }: TickReport, width: number): string {
  const names = steps.map(({ step }) => step);
  const columns = [
    { head: "STEP", width: longest("STEP", names) },
    { head: "OUTCOME", width: 9 },
    { head: "MS", width: 8 },
    { head: "WHAT HAPPENED" },
  ];
  const rows = steps.map(({ step, outcome, durationMs, message }) => [
    step,
    outcome,
    String(Math.round(durationMs)),
    message,
  ]);
  return table(columns, rows, width);
}

/** One line: how it ended, and what consumers read now. */
export function endText({ credential, state, published, intent }: TickReport): string {
  const open = intent === null ? "" : ` Generation ${intent.key.generation} for role ${intent.role} is open.`;
  const how = `${credential}: ${state}.${open}`;
  if (published === null) return how;
  const { user, key, version, logsIn } = published;
  const verb = logsIn === null ? "is not proved" : logsIn ? "logs in" : "does not log in";
  const generation = key === null ? "a value of others" : `generation ${key.generation}`;
  return `${how} Published is ${generation} (version ${version}): ${user ?? "its role"} ${verb}.`;
}

/** What a rotation would do, for `--dry-run`. */
export function planText({ credential, role, steps, hindered, nextDueAt, intent }: RotationPlan): string {
  const due = nextDueAt === null ? "nothing is published yet" : `due ${nextDueAt}`;
  const open = intent === null ? "" : `; generation ${intent.key.generation} is open for role ${intent.role}`;
  const verdict = hindered ? "It would not come to its end now." : "Nothing stands in the way.";
  return [
    `${credential}: ${due}${open}.`,
    ...(role === null ? [] : [`The next password is for role ${role}.`]),
    ...steps.map((step, index) => `  ${index + 1}. ${step}`),
    `${verdict} Nothing was changed.`,
  ].join("\n");
}

/** How each credential is after recovery. */
export function recoveryTable(results: readonly RecoveredCredential[], width: number): string {
  if (results.length === 0) return "There is no credential in pgwarden.yaml.";
  const columns = [
    {
      head: "CREDENTIAL",
      width: longest(
        "CREDENTIAL",
        results.map(({ credential }) => credential),
      ),
    },
    { head: "STATE", width: 11 },
    { head: "WHY" },
  ];
  const rows = results.map(({ credential, state, remarks }) => [credential, state, remarks[0]?.message ?? ""]);
  return table(columns, rows, width);
}

/** A line for each remark, with what helps. Its message names applications as they call themselves. */
export function remarkLines(remarks: readonly Remark[]): readonly string[] {
  return remarks.map(({ code, message, remedy }) => {
    const line = `${code}: ${visibleLine(message)}`;
    return remedy === null ? line : `${line} ${remedy}`;
  });
}
