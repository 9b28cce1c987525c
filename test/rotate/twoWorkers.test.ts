import { describe, expect, it } from "@jest/globals";
import type { Credential } from "../../shared/model/credential.ts";
import type { RotationState } from "../fakes/rotationState.ts";
import { cutPorts } from "./faultHarness.ts";
import { isRecoverable, lostRoles, openVersions, publishedLogsIn } from "./invariants.ts";
import { credentialOf, portsOf, runTick, settledState } from "./rotationWorld.ts";

/** What the second worker takes from the paused one. */
const thefts = ["nothing", "lease", "lease and lock", "lease and session"] as const;
const moments = ["before", "after"] as const;

interface Pause {
  readonly effect: number;
  readonly moment: (typeof moments)[number];
  readonly theft: (typeof thefts)[number];
  /** Rotations that the second worker makes meanwhile. */
  readonly rotations: number;
}

/** Worker A stops at an effect, worker B runs whole, A goes on. */
async function interleaved(start: RotationState, credential: Credential, pause: Pause): Promise<readonly string[]> {
  const state = structuredClone(start);
  const faults: string[] = [];
  const wish = "rotateNow";

  function look(who: string, name: string): void {
    const lost = lostRoles(state, start, credential);
    if (lost.length > 0) faults.push(`${who} ${name}: ${lost.join()} lost`);
    // Without its lock a paused worker may still write to the vault; the next tick sees to that.
    if (
      (pause.theft === "nothing" || pause.theft === "lease") &&
      credential.strategy !== "admin" &&
      !isRecoverable(state, credential)
    )
      faults.push(`${who} ${name}: nothing leads on`);
  }

  const a = cutPorts(portsOf(state), {
    async around(moment, effect, name) {
      if (moment === "after") look("A", name);
      if (effect !== pause.effect || moment !== pause.moment) return;
      if (pause.theft !== "nothing") state.leases.clear();
      if (pause.theft === "lease and lock") state.locks.clear();
      if (pause.theft === "lease and session") await a.killSessions();
      for (let count = 0; count < pause.rotations; count += 1) {
        state.nowMs += 1000;
        const b = cutPorts(portsOf(state), {
          around(when, _effect, taken) {
            if (when === "after") look("B", taken);
            return Promise.resolve();
          },
        });
        await runTick({ credential, wish }, b.ports);
      }
    },
  });
  await runTick({ credential, wish }, a.ports);
  state.nowMs += 5 * 60_000;
  const { report } = await runTick({ credential, wish: "recover" }, portsOf(state));
  look("the next tick", "end");
  if (!publishedLogsIn(state, credential)) faults.push(`published does not log in; the tick ended as ${report.state}`);
  if (openVersions(state, credential).length > 0) faults.push(`an intent is open; the tick ended as ${report.state}`);
  return faults;
}

describe.each(["alternating", "single", "admin"] as const)("two workers on a credential that is %s", (strategy) => {
  const credential = credentialOf(strategy, { overlapMs: 0 });

  it.each(thefts)("lose nothing wherever one of them pauses and the other takes %s", async (theft) => {
    const start = await settledState(credential);
    const alone = cutPorts(portsOf(structuredClone(start)));
    await runTick({ credential, wish: "rotateNow" }, alone.ports);
    const failures: unknown[] = [];
    for (const [effect, name] of alone.effects.entries()) {
      for (const moment of moments) {
        for (const rotations of [1, 2]) {
          const pause = { effect, moment, theft, rotations };
          const faults = await interleaved(start, credential, pause);
          if (faults.length > 0) failures.push({ name, ...pause, faults });
        }
      }
    }

    expect(failures).toEqual([]);
  });
});
