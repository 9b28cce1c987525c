import { describe, expect, it } from "@jest/globals";
import type { Cut } from "../../rotate/faultHarness.ts";
import { nextRandom } from "../../fakes/rotationState.ts";
import { changingCuts, cutsOf, cutTick, ENOUGH_FOR_EVERY_EFFECT, notMended, settle } from "./cutRotation.ts";
import { rotationUnderTest, type Subject } from "./rotationUnderTest.ts";
import { forgetOldVersions, loginIn, openVersions, versionsOf } from "./storedLogins.ts";

const strategies = ["alternating", "single", "admin"] as const;
const kinds = ["before", "after", "twice"] as const;
const dying = ["diesBefore", "diesAfter"] as const;

const under = rotationUnderTest([13, 16, 17, 18]);

interface Failure {
  readonly cut: string;
  readonly faults: readonly string[];
}

/** Rotates once per cut, and lets one tick mend it. */
async function failuresOf(
  subject: Subject,
  effects: readonly string[],
  cuts: readonly Cut[],
): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  for (const cut of cuts) {
    const { faults } = await cutTick(under, subject, "rotateNow", cut);
    const all = [...faults, ...(await notMended(under, subject))];
    if (all.length > 0) failures.push({ cut: `${cut.kind} ${effects[Number(cut.effect)] ?? "?"}`, faults: all });
  }
  return failures;
}

describe("1. a rotation that is cut", () => {
  it.each(strategies)(
    "before, after or twice at any effect loses nothing, and one tick mends it: %s",
    async (strategy) => {
      const subject = under.subject(strategy, 16);
      const effects = await settle(under, subject, ENOUGH_FOR_EVERY_EFFECT);

      const cuts = cutsOf(effects, kinds);
      const failures = await failuresOf(subject, effects, cuts);

      // An administrator's change is polled, more often on a slow machine.
      expect(cuts.length).toBeGreaterThan(60);
      expect(failures).toEqual([]);
    },
    300_000,
  );

  it.each([13, 17, 18])(
    "at any change, a third of the cuts each, loses nothing on PostgreSQL %i",
    async (major) => {
      const subject = under.subject("alternating", major);
      const effects = await settle(under, subject, ENOUGH_FOR_EVERY_EFFECT);

      const cuts = changingCuts(effects, [...kinds, ...dying]).filter((_cut, index) => index % 3 === major % 3);
      const failures = await failuresOf(subject, effects, cuts);

      expect(cuts.length).toBeGreaterThan(10);
      expect(failures).toEqual([]);
    },
    120_000,
  );
});

describe("2. a write whose answer gets lost is sent again", () => {
  it.each(["--next", ""])(
    "and its twin ends with it: shop%s",
    async (suffix) => {
      const { state, emulator } = under.local();
      const subject = under.subject("alternating", 17);
      const { name } = suffix === "" ? subject.credential.published : subject.credential.pending;
      await settle(under, subject);
      forgetOldVersions(state, subject.credential);
      const path = new RegExp(`/secrets/${name}$`, "i");
      emulator.faults.add({ method: "PUT", path, times: 1, action: { kind: "drop", when: "after" } });

      const { report, faults } = await cutTick(under, subject, "rotateNow");
      emulator.faults.clear();

      expect(faults).toEqual([]);
      expect(report).toMatchObject({ state: "rotated", intent: null, published: { logsIn: true } });
      const [twin, last] = versionsOf(state, name).slice(-2);
      expect([twin?.value, twin?.tags["pgwarden-rid"]]).toEqual([last?.value, last?.tags["pgwarden-rid"]]);
      expect(openVersions(state, subject.credential)).toEqual([]);
      expect(await notMended(under, subject)).toEqual([]);
    },
    60_000,
  );
});

describe("4. a rotation and the recovery from it, cut twice and three times", () => {
  it.each(strategies)(
    "lose nothing, and the tick after them mends it: %s",
    async (strategy) => {
      const subject = under.subject(strategy, 16);
      const effects = await settle(under, subject, ENOUGH_FOR_EVERY_EFFECT);
      const random = { seed: 20 };
      function pick(of: readonly string[], all: readonly Cut["kind"][]): Cut {
        const cuts = changingCuts(of, all);
        return cuts[Math.floor(nextRandom(random) * cuts.length)] ?? { effect: 0, kind: "before" };
      }

      const failures: unknown[] = [];
      for (let round = 0; round < 20; round += 1) {
        const first = pick(effects, ["before", "after", ...dying]);
        const later: Cut[] = Array.from({ length: 1 + (round % 2) }, () => ({
          // A recovery has fewer effects than a rotation: up to the close, all of them are its own.
          effect: Math.floor(nextRandom(random) * 20),
          kind: nextRandom(random) < 0.5 ? "before" : "after",
        }));
        const faults = [...(await cutTick(under, subject, "rotateNow", first)).faults];
        for (const cut of later) {
          await under.endLease(subject.credential);
          faults.push(...(await cutTick(under, subject, "recover", cut)).faults);
        }
        faults.push(...(await notMended(under, subject)));
        if (faults.length > 0) failures.push({ cuts: [first, ...later], name: effects[Number(first.effect)], faults });
      }

      expect(failures).toEqual([]);
    },
    60_000,
  );
});

describe("5. a worker that is gone", () => {
  it("keeps others out for as long as its lease lives, and the tick after that goes on", async () => {
    const { state } = under.local();
    const subject = under.subject("single", 18);
    await settle(under, subject);
    await cutTick(under, subject, "rotateNow", { effect: "sql transaction.commit", kind: "diesAfter" });
    const [open] = openVersions(state, subject.credential);
    const stored = open === undefined ? null : loginIn(open);

    const early = await cutTick(under, subject, "recover");
    const stillOpen = openVersions(state, subject.credential).length;
    await under.endLease(subject.credential);
    const late = await cutTick(under, subject, "recover");

    expect(early.report).toMatchObject({ state: "busy", steps: [] });
    expect(stillOpen).toBe(1);
    expect(late.report).toMatchObject({ state: "recovered", published: { logsIn: true }, intent: null });
    const latest = versionsOf(state, subject.credential.published.name).at(-1);
    expect(latest === undefined ? null : loginIn(latest)).toEqual(stored);
    expect([...early.faults, ...late.faults]).toEqual([]);
  }, 60_000);
});
