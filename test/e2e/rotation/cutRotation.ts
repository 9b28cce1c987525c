import type { RotationPorts } from "../../../shared/rotate/ports.ts";
import type { Wish } from "../../../shared/rotate/tick.ts";
import type { TickReport } from "../../../shared/rotate/tickReport.ts";
import { type Cut, type CutKind, cutPorts, WorkerDied } from "../../rotate/faultHarness.ts";
import type { RotationUnderTest, Subject } from "./rotationUnderTest.ts";
import { broken, forgetOldVersions, lostRoles, openVersions, publishedLogsIn } from "./storedLogins.ts";

/** Effects after which the world is another one; the others only look. */
const changes =
  /^(secrets\.(write|update|recover)|administration\.submit|leases|sql (ledger\.upsert|password\.change|transaction\.commit|lock\.take))/;

export interface CutTick {
  /** Null when the worker died. */
  readonly report: TickReport | null;
  readonly effects: readonly string[];
  /** What did not hold, meanwhile or at the end. */
  readonly faults: readonly string[];
}

/** A tick with at most one cut. What must always hold is looked at after each change, and by logins at the end. */
export async function cutTick(under: RotationUnderTest, subject: Subject, wish: Wish, cut?: Cut): Promise<CutTick> {
  const { state } = under.local();
  const faults: string[] = [];
  const worker = cutPorts(under.ports(), {
    ...(cut !== undefined && { cut }),
    async around(moment, _effect, name) {
      if (moment === "before" || !changes.test(name)) return;
      for (const role of await lostRoles(subject, state)) faults.push(`${name}: no version is that of ${role}`);
    },
  });
  const report = await runToItsEnd(under, subject, wish, worker.ports);
  faults.push(...(await broken(subject, state)));
  return { report, effects: worker.effects, faults };
}

async function runToItsEnd(under: RotationUnderTest, subject: Subject, wish: Wish, ports: RotationPorts) {
  try {
    return await under.tick(subject, wish, ports);
  } catch (error) {
    if (error instanceof WorkerDied) return null;
    throw error;
  }
}

const mended = ["healthy", "recovered", "repaired", "imported"];

/** One tick after the lease of a dead worker has run out: it must be enough. @returns what was not enough */
export async function notMended(under: RotationUnderTest, subject: Subject): Promise<readonly string[]> {
  const { state } = under.local();
  await under.endLease(subject.credential);
  const { report, faults } = await cutTick(under, subject, "recover");
  const more: string[] = [];
  if (!mended.includes(report?.state ?? ""))
    more.push(`ended as ${report?.state ?? "?"}: ${JSON.stringify(report?.remarks)}`);
  if (!(await publishedLogsIn(subject, state))) more.push("what is published does not log in");
  if (openVersions(state, subject.credential).length > 0) more.push("an intent is open");
  forgetOldVersions(state, subject.credential);
  return [...faults, ...more];
}

/** After so many rotations the next ones also disable old versions: they have every effect that there is. */
export const ENOUGH_FOR_EVERY_EFFECT = 6;

/** Rotates until every role has a stored password. @returns the names of the effects of the last rotation */
export async function settle(under: RotationUnderTest, subject: Subject, rotations = 2): Promise<readonly string[]> {
  for (let count = 1; ; count += 1) {
    const { report, effects, faults } = await cutTick(under, subject, "rotateNow");
    // The administrator's very first password is the one that the server was made with.
    if (report?.state !== "rotated" || (count > 1 && faults.length > 0))
      throw new Error(`A rotation ended as ${report?.state ?? "?"}: ${JSON.stringify([report?.remarks, faults])}`);
    if (count === rotations) return effects;
  }
}

/** Every place where a tick can be cut; only a change is different when it is done twice. */
export function cutsOf(effects: readonly string[], kinds: readonly CutKind[], only: RegExp = /./): readonly Cut[] {
  return effects.flatMap((name, effect) =>
    kinds
      .filter((kind) => only.test(name) && (kind !== "twice" || changes.test(name)))
      .map((kind) => ({ effect, kind })),
  );
}

/** Cuts of which each leaves another world behind. */
export function changingCuts(effects: readonly string[], kinds: readonly CutKind[]): readonly Cut[] {
  return cutsOf(effects, kinds, changes);
}
