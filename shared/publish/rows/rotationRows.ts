import type { Credential } from "../../model/credential.ts";
import type { PublishedFacts, Remark, RotationStep, TickReport, TickState } from "../../rotate/tickReport.ts";
import type { TableRow } from "../tables.ts";
import { makeRow, type RowContext } from "./row.ts";

/** What a row about a whole tick, or the hourly one about a credential, tells. */
export interface CredentialNews {
  readonly state: TickState;
  /** The one that explains the state, if any does, first. */
  readonly remarks: readonly (Omit<Remark, "code"> & { readonly code: string })[];
  readonly published: PublishedFacts | null;
  readonly logsIn: boolean | null;
  /** ISO 8601. */
  readonly nextDueAt: string | null;
  readonly intent: TickReport["intent"];
}

/** One row per step, in order. A step that is told of twice keeps its RowId. */
export function rotationStepRows(
  credential: Credential,
  steps: readonly RotationStep[],
  { reason, state }: { readonly reason: string; readonly state: TickState },
  context: RowContext,
): readonly TableRow<"PgWardenRotation_CL">[] {
  return steps.map((step, index) =>
    makeRow("PgWardenRotation_CL", context, `${credential.name}/step/${step.at}/${index}`, {
      ...about(credential),
      Scope: "step",
      Reason: reason,
      RoleName: step.role,
      Step: step.step,
      StepOutcome: step.outcome,
      State: state,
      Code: step.code,
      Message: step.message,
      Remedy: step.remedy,
      Remarks: null,
      Generation: step.key?.generation ?? null,
      RotationId: step.key?.rotationId ?? null,
      SecretVersion: step.secretVersion,
      PublishedAt: null,
      NextDueAt: null,
      LogsIn: null,
      StepAt: step.at,
      DurationMs: Math.round(step.durationMs),
    }),
  );
}

export function credentialRow(
  credential: Credential,
  { state, remarks, published, logsIn, nextDueAt, intent }: CredentialNews,
  reason: string,
  context: RowContext,
): TableRow<"PgWardenRotation_CL"> {
  const [first] = remarks;
  const key = intent?.key ?? published?.key;
  return makeRow("PgWardenRotation_CL", context, `${credential.name}/tick`, {
    ...about(credential),
    Scope: "tick",
    Reason: reason,
    RoleName: intent?.role ?? published?.user ?? null,
    Step: null,
    StepOutcome: null,
    State: state,
    Code: first?.code ?? null,
    Message: first?.message ?? null,
    Remedy: first?.remedy ?? null,
    Remarks: remarks.slice(1),
    Generation: key?.generation ?? null,
    RotationId: key?.rotationId ?? null,
    SecretVersion: published?.version ?? null,
    PublishedAt: published?.createdAt ?? null,
    NextDueAt: nextDueAt,
    LogsIn: logsIn,
    StepAt: null,
    DurationMs: null,
  });
}

function about({ name, strategy, published }: Credential) {
  return {
    Credential: name,
    Strategy: strategy,
    VaultName: new URL(published.vault).hostname.split(".")[0] ?? "",
    SecretName: published.name,
  };
}
