import { serverRef } from "../builders.ts";
import { intent, published, step, tick } from "./rotations.ts";
import { ingestedAt, merged } from "./scans.ts";
import { testAlert } from "./testAlert.ts";

const { id: TargetResourceId } = serverRef();
const hourly = { reason: "status" } as const;
const next = { key: intent.key };

testAlert("rotationFailed", {
  fires: [
    {
      name: "a step that failed",
      rows: step("2026-11-22T11:40:00.000Z", "publish", { outcome: "failed", code: "VAULT_DENIED" }),
      tells: [{ TargetResourceId, Credential: "orders", Step: "publish", Code: "VAULT_DENIED" }],
    },
    {
      name: "a rotation that was refused before it began",
      rows: tick("2026-11-22T11:40:00.000Z", { state: "refused", reason: "timer", code: "OWNER_MISSING" }),
      tells: [{ Credential: "orders", State: "refused" }],
    },
    {
      name: "rows that waited in the spool",
      rows: ingestedAt("2026-11-22T11:40:00.000Z", step("2026-11-21T11:40:00.000Z", "apply", { outcome: "failed" })),
      tells: [{ Step: "apply" }],
    },
  ],
  silent: [
    { name: "a step that was done", rows: step("2026-11-22T11:40:00.000Z", "publish") },
    {
      name: "the hourly row about a refusal that was told",
      rows: tick("2026-11-22T11:40:00.000Z", { state: "refused", ...hourly }),
    },
    { name: "a rotation that waits for its window", rows: tick("2026-11-22T11:40:00.000Z", { state: "postponed" }) },
    {
      name: "a failure of two hours ago",
      rows: step("2026-11-22T10:00:00.000Z", "apply", { outcome: "failed" }),
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
        tick("2026-11-22T11:55:00.000Z", { state: "open", code: "SERVER_UNREACHABLE", intent }),
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
      rows: tick("2026-11-22T03:00:00.000Z", { state: "open", intent }),
      tells: [{ Credential: "orders" }],
    },
    {
      name: "one whose intent could not be read",
      rows: tick("2026-11-22T11:40:00.000Z", { state: "open", published: null }),
      tells: [{ OpenSince: new Date("2026-11-22T11:40:00.000Z") }],
    },
    {
      name: "one of which the last tick could learn nothing",
      rows: merged([
        tick("2026-11-22T11:00:00.000Z", { state: "open", intent }),
        tick("2026-11-22T11:55:00.000Z", { state: "unknown", logsIn: null, published: null }),
      ]),
      tells: [{ Credential: "orders" }],
    },
  ],
  silent: [
    {
      name: "a rotation that is under way",
      rows: merged([
        step("2026-11-22T11:50:00.000Z", "prepare", next),
        tick("2026-11-22T11:55:00.000Z", { state: "open", intent }),
      ]),
    },
    {
      name: "one that was got through",
      rows: merged([
        step("2026-11-22T11:00:00.000Z", "prepare", next),
        tick("2026-11-22T11:05:00.000Z", { state: "open", intent }),
        tick("2026-11-22T11:30:00.000Z", { state: "recovered", published: { ...published, ...next } }),
        tick("2026-11-22T11:35:00.000Z", { state: "busy", published: null, logsIn: null, nextDueAt: null }),
      ]),
    },
    {
      name: "one whose intent cannot be read, as that of others before it",
      rows: merged([
        tick("2026-11-22T09:00:00.000Z", { state: "refused", published: null }),
        tick("2026-11-22T11:50:00.000Z", { state: "open", published: null }),
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
        step("2026-11-22T11:10:00.000Z", "preflight", { outcome: "failed", state: "refused" }),
        tick("2026-11-22T11:10:00.000Z", { state: "refused", nextDueAt: "2026-11-22T09:00:00.000Z" }),
      ]),
      tells: [{ State: "refused" }],
    },
    {
      name: "a rotation that was due three hours ago",
      rows: tick("2026-11-22T11:10:00.000Z", { state: "refused", nextDueAt: "2026-11-22T09:00:00.000Z", ...hourly }),
      tells: [{ TargetResourceId, Credential: "orders", State: "refused" }],
    },
  ],
  silent: [
    {
      name: "one that is due since the last tick of the timer",
      rows: tick("2026-11-22T11:10:00.000Z", { nextDueAt: "2026-11-22T10:30:00.000Z" }),
    },
    {
      name: "one that was made up for",
      rows: merged([
        tick("2026-11-22T10:10:00.000Z", { state: "refused", nextDueAt: "2026-11-22T01:00:00.000Z" }),
        tick("2026-11-22T11:10:00.000Z", { state: "rotated", nextDueAt: "2026-12-22T11:10:00.000Z" }),
      ]),
    },
    { name: "a credential that is switched off", rows: tick("2026-11-22T11:10:00.000Z", { nextDueAt: null }) },
  ],
});

testAlert("secretRefused", {
  fires: [
    {
      name: "one whose steps came together with the tick",
      rows: merged([
        step("2026-11-22T11:00:00.000Z", "prove", { state: "broken", secretVersion: null }),
        tick("2026-11-22T11:00:00.000Z", { state: "broken", logsIn: false }),
      ]),
      tells: [{ SecretVersion: "v7" }],
    },
    {
      name: "a published secret that does not log in",
      rows: merged([
        tick("2026-11-22T10:00:00.000Z"),
        tick("2026-11-22T11:00:00.000Z", { state: "open", logsIn: false, code: "LOGIN_REFUSED" }),
      ]),
      tells: [{ TargetResourceId, Credential: "orders", SecretName: "orders", Code: "LOGIN_REFUSED" }],
    },
    {
      name: "one of an open rotation, also after the hourly row about it",
      rows: merged([
        tick("2026-11-22T10:00:00.000Z", { state: "open", logsIn: false, intent }),
        tick("2026-11-22T11:10:00.000Z", { state: "open", logsIn: null, intent, ...hourly }),
      ]),
      tells: [{ Credential: "orders" }],
    },
    {
      name: "one that nothing may mend",
      rows: tick("2026-11-22T11:00:00.000Z", { state: "broken", logsIn: null, code: "OUT_OF_BAND" }),
      tells: [{ Code: "OUT_OF_BAND" }],
    },
    {
      name: "one of which nothing could be learned since",
      rows: merged([
        tick("2026-11-22T11:00:00.000Z", { state: "broken", logsIn: false }),
        tick("2026-11-22T11:30:00.000Z", { state: "unknown", logsIn: null }),
      ]),
      tells: [{ Credential: "orders" }],
    },
  ],
  silent: [
    {
      name: "one that was repaired",
      rows: merged([
        tick("2026-11-22T11:00:00.000Z", { state: "broken", logsIn: false }),
        tick("2026-11-22T11:05:00.000Z", { state: "repaired", logsIn: true }),
      ]),
    },
    { name: "one that nobody could try", rows: tick("2026-11-22T11:00:00.000Z", { state: "unknown", logsIn: null }) },
  ],
});
