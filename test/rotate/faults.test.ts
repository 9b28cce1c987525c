import { describe, expect, it } from "@jest/globals";
import type { Credential } from "../../shared/model/credential.ts";
import type { Wish } from "../../shared/rotate/tick.ts";
import type { TickReport } from "../../shared/rotate/tickReport.ts";
import type { RotationState } from "../fakes/rotationState.ts";
import { cutKinds, cutPorts, WorkerDied, type Cut } from "./faultHarness.ts";
import { allPasswords, digestOf, isRecoverable, lostRoles, openVersions, publishedLogsIn } from "./invariants.ts";
import { credentialOf, portsOf, runTick, settledState } from "./rotationWorld.ts";

const STEP_MS = 5 * 60_000;

interface CutTick {
  readonly report: TickReport | null;
  readonly effects: readonly string[];
  readonly broken: readonly string[];
}

/** A tick with one cut, in which the invariants are looked at after each effect. */
async function cutTick(state: RotationState, credential: Credential, wish: Wish, cut?: Cut): Promise<CutTick> {
  const before = structuredClone(state);
  const broken: string[] = [];
  const worker = cutPorts(portsOf(state), {
    ...(cut !== undefined && { cut }),
    around(moment, _effect, name) {
      if (moment === "after") {
        for (const role of lostRoles(state, before, credential)) broken.push(`${name}: role ${role} is lost`);
        if (!isRecoverable(state, credential)) broken.push(`${name}: nothing leads on`);
      }
      return Promise.resolve();
    },
  });
  const report = await runTick({ credential, wish }, worker.ports).then(
    (run) => {
      const told = JSON.stringify(run);
      for (const secret of allPasswords(state, credential)) {
        if (told.includes(secret)) broken.push("a password was told");
        if (state.statements.some((sql) => sql.includes(secret))) broken.push("a password was sent in clear");
      }
      return run.report;
    },
    (error: unknown) => {
      if (error instanceof WorkerDied) return null;
      throw error;
    },
  );
  if (lostRoles(state, before, credential).length > 0 || !isRecoverable(state, credential)) broken.push("at the end");
  return { report, effects: worker.effects, broken };
}

/** One tick with healthy ports must be enough; the one after it finds nothing to do. */
async function notConverged(state: RotationState, credential: Credential): Promise<readonly string[]> {
  const faults: string[] = [];
  state.nowMs += STEP_MS;
  const { report, broken } = await cutTick(state, credential, "recover");
  faults.push(...broken);
  if (!["healthy", "recovered", "repaired", "imported"].includes(report?.state ?? "")) {
    faults.push(`ended as ${report?.state ?? "nothing"}: ${JSON.stringify(report?.remarks)}`);
  }
  if (!publishedLogsIn(state, credential)) faults.push("published does not log in");
  if (openVersions(state, credential).length > 0) faults.push("an intent is open");
  return faults;
}

function cutsOf(effects: readonly string[]): readonly Cut[] {
  return effects.flatMap((_name, effect) => cutKinds.map((kind) => ({ effect, kind })));
}

describe.each(["alternating", "single", "admin"] as const)("a rotation that is %s", (strategy) => {
  const credential = credentialOf(strategy);

  it("loses nothing by a cut at any effect, and one tick mends it", async () => {
    const start = await settledState(credential);
    const { effects } = await cutTick(structuredClone(start), credential, "rotateIfDue");
    const failures: unknown[] = [];
    for (const cut of cutsOf(effects)) {
      const state = structuredClone(start);
      const { broken } = await cutTick(state, credential, "rotateIfDue", cut);
      const faults = [...broken, ...(await notConverged(state, credential))];
      if (faults.length > 0) failures.push({ ...cut, name: effects[Number(cut.effect)], faults });
    }

    expect(effects.length).toBeGreaterThan(25);
    expect(failures).toEqual([]);
  });

  it("loses nothing by a second cut in the tick that mends", async () => {
    const start = await settledState(credential);
    const { effects } = await cutTick(structuredClone(start), credential, "rotateIfDue");
    const seen = new Set<string>();
    const failures: unknown[] = [];
    let pairs = 0;
    for (const first of cutsOf(effects)) {
      const middle = structuredClone(start);
      await cutTick(middle, credential, "rotateIfDue", first);
      middle.nowMs += STEP_MS;
      // Cuts that leave the same world behind have the same future.
      const digest = digestOf(middle);
      if (seen.has(digest)) continue;
      seen.add(digest);
      const mending = await cutTick(structuredClone(middle), credential, "recover");
      for (const second of cutsOf(mending.effects)) {
        pairs += 1;
        const state = structuredClone(middle);
        const { broken } = await cutTick(state, credential, "recover", second);
        const faults = [...broken, ...(await notConverged(state, credential))];
        if (faults.length > 0) {
          const names = [effects[Number(first.effect)], mending.effects[Number(second.effect)]];
          failures.push({ kinds: [first.kind, second.kind], names, faults });
        }
      }
    }

    expect(pairs).toBeGreaterThan(200);
    expect(failures).toEqual([]);
  }, 120_000);
});
