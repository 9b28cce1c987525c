import { serverRef } from "../builders.ts";
import { sent } from "./scans.ts";
import type { Rows } from "./evaluate.ts";

// Rows of PgWardenRotation_CL in the form that rotations give them.

const { id, name, subscriptionId, resourceGroup } = serverRef();

const nothing = {
  Step: null,
  StepOutcome: null,
  Code: null,
  Message: null,
  Remedy: null,
  Remarks: null,
  Generation: 7,
  RotationId: "018f-7",
  VaultName: "shop",
  SecretName: "orders-db",
  SecretVersion: "v7",
  PublishedAt: null,
  NextDueAt: null,
  LogsIn: null,
  StepAt: null,
  DurationMs: null,
};

function row(at: string, object: string, own: object): Rows {
  const common = {
    TimeGenerated: at,
    CollectedAt: at,
    RunId: `tick-${at}`,
    RowId: `${at}|${object}`,
    SchemaVersion: 1,
    TargetResourceId: id,
    SubscriptionId: subscriptionId,
    ResourceGroup: resourceGroup,
    ServerName: name,
    Credential: "orders",
    Strategy: "alternating",
    Reason: "recover",
    RoleName: "orders_a",
  };
  return sent({ PgWardenRotation_CL: [{ ...common, ...nothing, ...own }] });
}

/** How a tick ended; healthy, and due in the future, unless the test says otherwise. */
export function tick(at: string, own: object = {}): Rows {
  return row(at, "tick", {
    Scope: "tick",
    State: "healthy",
    LogsIn: true,
    PublishedAt: "2026-11-01T00:00:00.000Z",
    NextDueAt: "2026-12-01T00:00:00.000Z",
    ...own,
  });
}

/** A step that was done, unless the test says otherwise. */
export function step(at: string, name: string, own: object = {}): Rows {
  return row(at, `step/${name}`, {
    Scope: "step",
    State: "open",
    Step: name,
    StepOutcome: "done",
    StepAt: at,
    DurationMs: 40,
    ...own,
  });
}
