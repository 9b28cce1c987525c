import { boolean, type Column, datetime, dynamic, long, text } from "../../shared/publish/columns.ts";
import { commonColumns } from "../../shared/publish/tables.ts";

/** The columns of PgWardenRotation_CL that queries use, where tables.ts does not declare the table. */
export const rotationColumns: Readonly<Record<string, Column>> = {
  ...commonColumns,
  Credential: text(""),
  Strategy: text(""),
  Scope: text(""),
  Reason: text(""),
  RoleName: text(""),
  Step: text(""),
  StepOutcome: text(""),
  State: text(""),
  Code: text(""),
  Message: text(""),
  Remedy: text(""),
  Remarks: dynamic(""),
  Generation: long(""),
  RotationId: text(""),
  VaultName: text(""),
  SecretName: text(""),
  SecretVersion: text(""),
  PublishedAt: datetime(""),
  NextDueAt: datetime(""),
  LogsIn: boolean(""),
  StepAt: datetime(""),
  DurationMs: long(""),
};
