import type { CredentialStatus } from "../runs/credentialStatus.ts";
import { longest, table } from "./table.ts";

/** One line per credential; never a value. */
export function credentialsTable(credentials: readonly CredentialStatus[], width: number): string {
  if (credentials.length === 0) return "There is no credential in pgwarden.yaml.";
  const rows = credentials.map((one) => [
    one.name,
    one.server,
    one.strategy,
    one.published?.user ?? "-",
    one.published === null ? "-" : ageText(one.published.ageSeconds),
    dueText(one),
    stateText(one),
    errorText(one),
  ]);
  const heads = ["CREDENTIAL", "SERVER", "STRATEGY", "ROLE", "AGE", "NEXT DUE", "STATE"];
  const columns = heads.map((head, index) => {
    const cells = rows.map((row) => row[index] ?? "");
    return { head, width: Math.min(30, longest(head, cells)) };
  });
  return table([...columns, { head: "LAST ERROR" }], rows, width);
}

const units = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
] as const;

/** The largest unit that is not zero, and whole: `12d`, `3h`. */
function ageText(seconds: number): string {
  for (const [unit, size] of units) if (seconds >= size) return `${Math.floor(seconds / size)}${unit}`;
  return "0s";
}

function dueText({ nextDueAt, overdue }: CredentialStatus): string {
  if (nextDueAt === null) return "-";
  return overdue ? "overdue" : `${nextDueAt.slice(0, 10)} ${nextDueAt.slice(11, 16)}`;
}

/** An intent in the vault is the truth, also before anybody has looked at it. */
function stateText({ state, enabled, intent }: CredentialStatus): string {
  if (intent !== null) return "open";
  return enabled ? state : "disabled";
}

function errorText({ problem, secret, intent }: CredentialStatus): string {
  if (problem === null && intent !== null)
    return `Generation ${intent.generation} for role ${intent.role} is open since ${intent.createdAt}.`;
  if (problem === null) return secret === "absent" ? "Nothing is published yet." : "";
  return [problem.codes.join(", "), problem.message].filter((part) => part !== null && part !== "").join(": ");
}
