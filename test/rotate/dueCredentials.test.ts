import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Credential } from "../../shared/model/credential.ts";
import { type Candidate, dueCredentials, nextDueAt } from "../../shared/rotate/dueCredentials.ts";

const dayMs = 86_400_000;
const now = new Date("2026-11-22T06:10:00.000Z");
const vault = "https://contoso.vault.azure.net";

function credential(name: string, override: Partial<Credential> = {}): Credential {
  return {
    name,
    server: "orders",
    strategy: "single",
    roles: [name],
    owner: null,
    database: "postgres",
    published: { vault, name },
    pending: { vault, name: `${name}--next` },
    format: "json",
    consumers: "reread",
    maxAgeMs: 90 * dayMs,
    overlapMs: 0,
    window: null,
    passwordLength: 40,
    outOfBand: "alert",
    validForMs: null,
    enabled: true,
    ...override,
  };
}

/** Due for so many days. */
function overdue(name: string, days: number, override: Partial<Credential> = {}): Candidate {
  const createdAt = new Date(now.getTime() - (90 + days) * dayMs).toISOString();
  return { credential: credential(name, override), published: { createdAt }, failures: null };
}

function failing(candidate: Candidate, count: number, minutesAgo: number): Candidate {
  return { ...candidate, failures: { count, lastAt: new Date(now.getTime() - minutesAgo * 60_000).toISOString() } };
}

function begun(candidates: readonly Candidate[], maxPerRun = 100): readonly string[] {
  return dueCredentials(candidates, { now, maxPerRun }).begin.map((due) => due.credential);
}

describe("dueCredentials", () => {
  it("begins what has reached its age, the most overdue first, and leaves the others", () => {
    const candidates = [
      overdue("b", 1),
      overdue("young", -0.001),
      overdue("a", 1),
      overdue("old", 30),
      overdue("now", 0),
    ];

    expect(dueCredentials(candidates, { now, maxPerRun: 100 })).toEqual({
      begin: ["old", "a", "b", "now"].map((name) => ({ credential: name, delaySeconds: 0 })),
      waiting: [],
    });
  });

  it.each([
    ["is disabled", overdue("a", 1, { enabled: false })],
    ["has nothing published", { credential: credential("a"), published: null, failures: null }],
    ["was published by a clock that is ahead", overdue("a", -200)],
  ])("begins nothing for a credential that %s", (_, candidate) => {
    expect(dueCredentials([candidate], { now, maxPerRun: 100 })).toEqual({ begin: [], waiting: [] });
  });

  it("waits for the window of a credential", () => {
    const window = { opens: "0 0 2 * * *", durationMs: 3_600_000 };

    const closed = dueCredentials([overdue("a", 1, { window })], { now, maxPerRun: 100 });
    const open = dueCredentials([overdue("a", 1, { window })], {
      now: new Date("2026-11-23T02:10:00Z"),
      maxPerRun: 100,
    });

    expect(closed).toEqual({
      begin: [],
      waiting: [{ credential: "a", why: "window", until: "2026-11-23T02:00:00.000Z" }],
    });
    expect(open.begin).toEqual([{ credential: "a", delaySeconds: 0 }]);
  });

  it("begins no more than a run may, and says that the others wait", () => {
    const decision = dueCredentials([overdue("a", 3), overdue("b", 2), overdue("c", 1)], { now, maxPerRun: 2 });

    expect(decision).toEqual({
      begin: [
        { credential: "a", delaySeconds: 0 },
        { credential: "b", delaySeconds: 0 },
      ],
      waiting: [{ credential: "c", why: "cap", until: null }],
    });
  });

  it.each([
    [1, 29, false],
    [1, 30, true],
    [2, 59, false],
    [2, 60, true],
    [3, 119, false],
    [6, 16 * 60, true],
    [7, 23 * 60 + 59, false],
    [7, 24 * 60, true],
    [2000, 24 * 60, true],
  ])("tries again after %i failures when the last was %i minutes ago: %s", (count, minutesAgo, expected) => {
    const decision = dueCredentials([failing(overdue("a", 1), count, minutesAgo)], { now, maxPerRun: 1 });

    expect(decision.begin).toHaveLength(expected ? 1 : 0);
    expect(decision.waiting.map(({ why }) => why)).toEqual(expected ? [] : ["backoff"]);
  });

  it("52. lets nobody starve behind those that keep failing, however overdue they are", () => {
    const broken = Array.from({ length: 10 }, (_, index) => failing(overdue(`broken-${index}`, 300), 1, 60));

    expect(begun([...broken, overdue("fresh", 0)], 5)).toEqual([
      "fresh",
      "broken-0",
      "broken-1",
      "broken-2",
      "broken-3",
    ]);
  });

  it("does not wait for a failure that another clock noted ahead of this one", () => {
    expect(begun([failing(overdue("a", 1), 7, -600)])).toEqual(["a"]);
  });

  it("47. finds after missed ticks what fell due in each of them, and the same when the tick is repeated", () => {
    const candidates = [overdue("a", 0), overdue("b", 0.5), overdue("c", 2)];

    const first = dueCredentials(candidates, { now, maxPerRun: 100 });

    expect(first.begin.map((due) => due.credential)).toEqual(["c", "b", "a"]);
    expect(dueCredentials(candidates.toReversed(), { now, maxPerRun: 100 })).toEqual(first);
  });

  it("16. asks no vault for more than half of the 300 writes in ten seconds that it takes", () => {
    const many = Array.from({ length: 500 }, (_, index) => {
      const where = `https://v${index % 3}.vault.azure.net`;
      const override = { published: { vault: where, name: "x" }, pending: { vault, name: "y" } };
      return overdue(`c-${index}`, 1, override);
    });

    const { begin } = dueCredentials(many, { now, maxPerRun: 500 });

    const perSlot = new Map<number, number>();
    for (const { delaySeconds } of begin) perSlot.set(delaySeconds, (perSlot.get(delaySeconds) ?? 0) + 1);
    // All pending secrets are in one vault: 50 rotations of three writes in each ten seconds.
    expect([...perSlot]).toEqual(Array.from({ length: 10 }, (_, slot) => [slot * 10, 50]));
  });

  it("gives each vault its own room", () => {
    const many = Array.from({ length: 100 }, (_, index) => {
      const where = `https://v${index % 2}.vault.azure.net`;
      return overdue(`c-${index}`, 1, { published: { vault: where, name: "x" }, pending: { vault: where, name: "y" } });
    });

    const delays = dueCredentials(many, { now, maxPerRun: 500 }).begin.map(({ delaySeconds }) => delaySeconds);

    expect(new Set(delays)).toEqual(new Set([0]));
  });

  it("decides about each due credential once, whatever the fleet looks like", () => {
    const drawn = fc.record({
      days: fc.integer({ min: -90, max: 90 }),
      failures: fc.option(
        fc.record({ count: fc.integer({ min: 0, max: 40 }), minutes: fc.integer({ min: -9, max: 3000 }) }),
      ),
      window: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(drawn, { maxLength: 30 }), fc.integer({ min: 1, max: 20 }), (fleet, maxPerRun) => {
        const candidates = fleet.map(({ days, failures, window }, index) => {
          const shut = { window: { opens: "0 0 2 * * *", durationMs: 3_600_000 } };
          const candidate = overdue(`c-${index}`, days, window ? shut : {});
          return failures === null ? candidate : failing(candidate, failures.count, failures.minutes);
        });
        const { begin, waiting } = dueCredentials(candidates, { now, maxPerRun });

        const decided = [...begin, ...waiting].map((one) => one.credential).toSorted();
        const due = candidates.filter((_, index) => (fleet[index]?.days ?? -1) >= 0).map((one) => one.credential.name);
        expect(decided).toEqual(due.toSorted());
        expect(begin.length).toBeLessThanOrEqual(maxPerRun);
      }),
    );
  });
});

describe("nextDueAt", () => {
  it("is the end of the age, moved into the window", () => {
    const window = { opens: "0 0 2 * * *", durationMs: 3_600_000 };
    const published = { createdAt: "2026-09-01T12:00:00Z" };

    expect(nextDueAt({ credential: credential("a"), published })?.toISOString()).toBe("2026-11-30T12:00:00.000Z");
    expect(nextDueAt({ credential: credential("a", { window }), published })?.toISOString()).toBe(
      "2026-12-01T02:00:00.000Z",
    );
  });

  it.each([
    [
      "a disabled credential",
      { credential: credential("a", { enabled: false }), published: { createdAt: "2026-09-01" } },
    ],
    ["one without a published secret", { credential: credential("a"), published: null }],
  ])("is nothing for %s", (_, candidate) => {
    expect(nextDueAt(candidate)).toBeNull();
  });
});
