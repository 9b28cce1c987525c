import { describe, expect, it } from "@jest/globals";
import type { Intent, LedgerRow, Strategy } from "../../shared/model/credential.ts";
import { SecretValue } from "../../shared/model/secretValue.ts";
import { decide } from "../../shared/rotate/decide.ts";
import type { Proofs } from "../../shared/rotate/decision.ts";
import type { Observation, PublishedVersion } from "../../shared/rotate/observation.ts";
import { credentialOf } from "./rotationWorld.ts";

function rid(n: number): string {
  return `019c0000-0000-7000-8000-${String(n).padStart(12, "0")}`;
}

function publishedAt(generation: number, id: number, user = "app_a"): PublishedVersion {
  return {
    version: String(id),
    enabled: true,
    contentType: null,
    tags: {},
    createdAt: "2026-03-01T00:00:00Z",
    expiresAt: null,
    key: { generation, rotationId: rid(id) },
    user,
    pair: { user, password: new SecretValue("p") },
  };
}

function intentAt(generation: number, id: number, role = "app_b", strategy: Strategy = "alternating"): Intent {
  return {
    credential: "orders-app",
    strategy,
    generation,
    rotationId: rid(id),
    role,
    pendingVersion: String(id),
    twins: [],
    server: "orders",
    secret: "https://consumers.vault.azure.net/secrets/orders-app",
    base: null,
    createdAt: "2026-03-01T00:00:00Z",
    operation: null,
  };
}

function ledgerAt(generation: number, id: number): LedgerRow {
  return {
    credential: "orders-app",
    role: "app_a",
    appliedAt: "2026-03-01T00:00:00Z",
    generation,
    rotationId: rid(id),
  };
}

function decided(
  change: Partial<Observation>,
  published: Proofs["published"] = null,
  strategy: Strategy = "alternating",
) {
  const observation: Observation = {
    secret: change.published === null ? "absent" : "present",
    pendingDeleted: null,
    published: publishedAt(4, 4),
    intents: [],
    attempts: new Map(),
    strange: [],
    missingRoles: new Set(),
    ledger: ledgerAt(4, 4),
    stored: [],
    highest: 5,
    ...change,
  };
  return decide(observation, {
    credential: credentialOf(strategy),
    proofs: { published, refused: new Set(), roleFault: null },
    wish: "recover",
    now: new Date("2026-03-02T00:00:00Z"),
  });
}

describe("an open intent", () => {
  const intent = intentAt(5, 5);

  it.each([
    ["is applied while the ledger is below it", { intents: [intent] }, { kind: "resume", intent, applied: false }],
    ["is not applied twice", { intents: [intent], ledger: ledgerAt(5, 5) }, { kind: "resume", intent, applied: true }],
    [
      "is closed when it is published",
      { intents: [intent], ledger: ledgerAt(5, 5), published: publishedAt(5, 5) },
      { kind: "resume", intent, applied: true },
    ],
    [
      "gives way to a newer generation in the ledger",
      { intents: [intent], ledger: ledgerAt(6, 6) },
      { kind: "settle", intent, end: "superseded" },
    ],
    [
      "gives way to its own generation under another rotation id",
      { intents: [intent], ledger: ledgerAt(5, 6) },
      { kind: "settle", intent, end: "superseded" },
    ],
    [
      "gives way to a newer generation that is published",
      { intents: [intent], published: publishedAt(6, 6) },
      { kind: "settle", intent, end: "superseded" },
    ],
  ])("%s", (_name, change, decision) => {
    expect(decided(change)).toEqual(decision);
  });

  it("for the role that is published meanwhile is not applied while that logs in", () => {
    const other = intentAt(5, 5, "app_a");

    expect(decided({ intents: [other] })).toEqual({ kind: "prove" });
    expect(decided({ intents: [other] }, "accepted")).toEqual({ kind: "settle", intent: other, end: "superseded" });
    expect(decided({ intents: [other] }, "rejected")).toEqual({ kind: "resume", intent: other, applied: false });
    expect(decided({ intents: [other] }, "unanswered")).toEqual({ kind: "unknown" });
  });

  it("whose role is gone is closed unless it was applied, or is of the published role", () => {
    const gone = { intents: [intent], missingRoles: new Set(["app_b"]) };
    const closed = { kind: "settle", intent, end: "rolledback", because: "ROLE_MISSING" };

    expect(decided(gone)).toEqual(closed);
    expect(decided({ ...gone, published: null, ledger: null })).toEqual(closed);
    expect(decided({ ...gone, published: null, secret: "disabled" })).toMatchObject({ kind: "broken" });
    expect(decided({ ...gone, ledger: ledgerAt(5, 5) })).toEqual({ kind: "resume", intent, applied: true });
    expect(decided({ ...gone, published: publishedAt(4, 4, "app_b") }, "rejected", "single")).toEqual({
      kind: "resume",
      intent,
      applied: false,
    });
    expect(decided({ ...gone, published: { ...publishedAt(4, 4), user: null, pair: null } })).toMatchObject({
      kind: "resume",
    });
  });

  it("that was compensated ends as rolled back once the published value is proved", () => {
    const compensated = { intents: [intentAt(5, 5)], ledger: ledgerAt(6, 4) };

    expect(decided(compensated)).toEqual({ kind: "prove" });
    expect(decided(compensated, "accepted")).toMatchObject({ kind: "settle", end: "rolledback" });
    expect(decided(compensated, "rejected")).toMatchObject({ kind: "settle", end: "superseded" });
  });

  it("runs forward before others are ended", () => {
    const older = intentAt(4, 9);

    expect(decided({ intents: [intent, older] })).toEqual({ kind: "resume", intent, applied: false });
  });
});

describe("a published secret that is refused", () => {
  const stored = [
    { secret: "published" as const, version: "3", generation: 3, rotationId: rid(3) },
    { secret: "published" as const, version: "6", generation: 6, rotationId: rid(6) },
  ];

  it.each([
    [
      "is given to an older database again, not its old password",
      { ledger: ledgerAt(3, 3), stored },
      { kind: "reapply" },
    ],
    [
      "gives way to what the ledger names",
      { ledger: ledgerAt(6, 6), stored },
      { kind: "republish", source: stored[1] },
    ],
    ["was changed by hand where nothing else explains it", { stored }, { kind: "broken", code: "OUT_OF_BAND" }],
  ])("%s", (_name, change, decision) => {
    expect(decided(change, "rejected")).toEqual(decision);
  });
});
