import { serverRef } from "../builders.ts";
import { step, tick } from "./rotations.ts";
import { ingestedAt, merged } from "./scans.ts";
import { testAlert } from "./testAlert.ts";

const { id: TargetResourceId } = serverRef();
const hourly = { Reason: "status" };
const next = { RotationId: "018f-8", Generation: 8 };

testAlert("rotationFailed", {
  fires: [
    {
      name: "a step that failed",
      rows: step("2026-11-22T11:40:00.000Z", "publish", { StepOutcome: "failed", Code: "VAULT_DENIED" }),
      tells: [{ TargetResourceId, Credential: "orders", Step: "publish", Code: "VAULT_DENIED" }],
    },
    {
      name: "a rotation that was refused before it began",
      rows: tick("2026-11-22T11:40:00.000Z", { State: "refused", Reason: "timer", Code: "OWNER_MISSING" }),
      tells: [{ Credential: "orders", State: "refused" }],
    },
    {
      name: "rows that waited in the spool",
      rows: ingestedAt(
        "2026-11-22T11:40:00.000Z",
        step("2026-11-21T11:40:00.000Z", "apply", { StepOutcome: "failed" }),
      ),
      tells: [{ Step: "apply" }],
    },
  ],
  silent: [
    { name: "a step that was done", rows: step("2026-11-22T11:40:00.000Z", "publish") },
    {
      name: "the hourly row about a refusal that was told",
      rows: tick("2026-11-22T11:40:00.000Z", { State: "refused", ...hourly }),
    },
    { name: "a rotation that waits for its window", rows: tick("2026-11-22T11:40:00.000Z", { State: "postponed" }) },
    {
      name: "a failure of two hours ago",
      rows: step("2026-11-22T10:00:00.000Z", "apply", { StepOutcome: "failed" }),
    },
  ],
});

testAlert("rotationStuck", {
  fires: [
    {
      name: "a rotation that was prepared twenty minutes ago",
      rows: merged([
        tick("2026-11-22T11:00:00.000Z"),
        step("2026-11-22T11:40:00.000Z", "prepare", next),
        tick("2026-11-22T11:55:00.000Z", { State: "open", Code: "SERVER_UNREACHABLE", ...next }),
      ]),
      tells: [
        {
          TargetResourceId,
          Credential: "orders",
          Code: "SERVER_UNREACHABLE",
          OpenSince: new Date("2026-11-22T11:40:00.000Z"),
        },
      ],
    },
    {
      name: "one that nobody heard of since, because recovery does not run",
      rows: tick("2026-11-22T03:00:00.000Z", { State: "open", ...next }),
      tells: [{ Credential: "orders" }],
    },
    {
      name: "one whose intent could not be read",
      rows: tick("2026-11-22T11:40:00.000Z", { State: "open", RotationId: null }),
      tells: [{ OpenSince: new Date("2026-11-22T11:40:00.000Z") }],
    },
    {
      name: "one of which the last tick could learn nothing",
      rows: merged([
        tick("2026-11-22T11:00:00.000Z", { State: "open", ...next }),
        tick("2026-11-22T11:55:00.000Z", { State: "unknown", LogsIn: null, RotationId: null }),
      ]),
      tells: [{ Credential: "orders" }],
    },
  ],
  silent: [
    {
      name: "a rotation that is under way",
      rows: merged([
        step("2026-11-22T11:50:00.000Z", "prepare", next),
        tick("2026-11-22T11:55:00.000Z", { State: "open", ...next }),
      ]),
    },
    {
      name: "one that was got through",
      rows: merged([
        step("2026-11-22T11:00:00.000Z", "prepare", next),
        tick("2026-11-22T11:05:00.000Z", { State: "open", ...next }),
        tick("2026-11-22T11:30:00.000Z", { State: "recovered", ...next }),
        tick("2026-11-22T11:35:00.000Z", { State: "busy", ...next }),
      ]),
    },
    {
      name: "one whose intent cannot be read, as that of others before it",
      rows: merged([
        tick("2026-11-22T09:00:00.000Z", { State: "refused", RotationId: null }),
        tick("2026-11-22T11:50:00.000Z", { State: "open", RotationId: null }),
      ]),
    },
    { name: "no rotation at all", rows: {} },
  ],
});

testAlert("rotationOverdue", {
  fires: [
    {
      name: "one whose steps came together with the tick",
      rows: merged([
        step("2026-11-22T11:10:00.000Z", "preflight", { StepOutcome: "failed", State: "refused" }),
        tick("2026-11-22T11:10:00.000Z", { State: "refused", NextDueAt: "2026-11-22T09:00:00.000Z" }),
      ]),
      tells: [{ State: "refused" }],
    },
    {
      name: "a rotation that was due three hours ago",
      rows: tick("2026-11-22T11:10:00.000Z", { State: "refused", NextDueAt: "2026-11-22T09:00:00.000Z", ...hourly }),
      tells: [{ TargetResourceId, Credential: "orders", State: "refused" }],
    },
  ],
  silent: [
    {
      name: "one that is due since the last tick of the timer",
      rows: tick("2026-11-22T11:10:00.000Z", { NextDueAt: "2026-11-22T10:30:00.000Z" }),
    },
    {
      name: "one that was made up for",
      rows: merged([
        tick("2026-11-22T10:10:00.000Z", { State: "refused", NextDueAt: "2026-11-22T01:00:00.000Z" }),
        tick("2026-11-22T11:10:00.000Z", { State: "rotated", NextDueAt: "2026-12-22T11:10:00.000Z" }),
      ]),
    },
    { name: "a credential that is switched off", rows: tick("2026-11-22T11:10:00.000Z", { NextDueAt: null }) },
  ],
});

testAlert("secretRefused", {
  fires: [
    {
      name: "one whose steps came together with the tick",
      rows: merged([
        step("2026-11-22T11:00:00.000Z", "prove", { State: "broken", SecretVersion: null }),
        tick("2026-11-22T11:00:00.000Z", { State: "broken", LogsIn: false }),
      ]),
      tells: [{ SecretVersion: "v7" }],
    },
    {
      name: "a published secret that does not log in",
      rows: merged([
        tick("2026-11-22T10:00:00.000Z"),
        tick("2026-11-22T11:00:00.000Z", { State: "open", LogsIn: false, Code: "LOGIN_REFUSED" }),
      ]),
      tells: [{ TargetResourceId, Credential: "orders", SecretName: "orders-db", Code: "LOGIN_REFUSED" }],
    },
    {
      name: "one that nothing may mend",
      rows: tick("2026-11-22T11:00:00.000Z", { State: "broken", LogsIn: null, Code: "OUT_OF_BAND" }),
      tells: [{ Code: "OUT_OF_BAND" }],
    },
    {
      name: "one of which nothing could be learned since",
      rows: merged([
        tick("2026-11-22T11:00:00.000Z", { State: "broken", LogsIn: false }),
        tick("2026-11-22T11:30:00.000Z", { State: "unknown", LogsIn: null }),
      ]),
      tells: [{ Credential: "orders" }],
    },
  ],
  silent: [
    {
      name: "one that was repaired",
      rows: merged([
        tick("2026-11-22T11:00:00.000Z", { State: "broken", LogsIn: false }),
        tick("2026-11-22T11:05:00.000Z", { State: "repaired", LogsIn: true }),
      ]),
    },
    { name: "one that nobody could try", rows: tick("2026-11-22T11:00:00.000Z", { State: "unknown", LogsIn: null }) },
  ],
});
