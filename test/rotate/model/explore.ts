import { moves, steps, stopped } from "./protocol.ts";
import { firstWorld, logsIn, newest, openIntents, type Variant, type World } from "./world.ts";

/** What the protocol promises. */
export type Promised = "noLoss" | "recoverable" | "publishedLogsIn" | "brokenOnlyWhileOpen";

export interface Exploration {
  readonly states: number;
  /** Of each promise that was broken: the shortest way there. */
  readonly broken: Readonly<Partial<Record<Promised, readonly string[]>>>;
}

interface Seen {
  readonly before: string | null;
  readonly what: string;
}

/** Visits every state that can be reached, breadth first, and tries every promise in each. */
export function explore(variant: Variant): Exploration {
  const first = firstWorld(variant);
  const seen = new Map<string, Seen>([[JSON.stringify(first), { before: null, what: "start" }]]);
  const broken: Partial<Record<Promised, readonly string[]>> = {};
  let edge: readonly World[] = [first];
  while (edge.length > 0) {
    const next: World[] = [];
    for (const world of edge) {
      const key = JSON.stringify(world);
      for (const promised of brokenIn(world, variant)) broken[promised] ??= wayTo(key, seen);
      for (const { what, world: after } of moves(world, variant)) {
        const afterKey = JSON.stringify(after);
        if (seen.has(afterKey)) continue;
        seen.set(afterKey, { before: key, what });
        next.push(after);
      }
    }
    edge = next;
  }
  return { states: seen.size, broken };
}

function brokenIn(world: World, variant: Variant): readonly Promised[] {
  const published = logsIn(world, newest(world));
  const found: Promised[] = [];
  if (!isDurable(world)) found.push("noLoss");
  if (!published) found.push("publishedLogsIn");
  if (!published && openIntents(world).length === 0) found.push("brokenOnlyWhileOpen");
  if (!recovers(world, variant)) found.push("recoverable");
  return found;
}

/** P: what each role accepts is the value of some stored version. The value 0 was there before pgwarden. */
function isDurable({ accepts, published, pending }: World): boolean {
  return (["a", "b"] as const).every(
    (role) =>
      accepts[role] === 0 ||
      [...published, ...pending].some((version) => version.role === role && version.rotation === accepts[role]),
  );
}

/** Every worker dies; then one worker ticks without a fault and without a new rotation. */
function recovers(world: World, variant: Variant): boolean {
  let mended = world.workers.reduce<World>((dead, _, index) => stopped(dead, index), world);
  mended = { ...mended, left: { rotations: 0, leaseLosses: 0, crashes: 0, twins: 0, killedSessions: 0 } };
  // One tick for each intent that two workers may have left open, and one for the repair.
  for (let tick = 0; tick <= variant.rotations + 1; tick += 1) mended = ticked(mended, variant);
  return logsIn(mended, newest(mended)) && openIntents(mended).length === 0;
}

function ticked(world: World, variant: Variant): World {
  let current = world;
  for (let step = 0; step < 20; step += 1) {
    const [only] = steps(current, 0, variant);
    if (only === undefined) break;
    current = only.world;
    if (current.workers[0]?.at === "idle") return current;
  }
  throw new Error("A tick did not come to its end.");
}

function wayTo(key: string, seen: ReadonlyMap<string, Seen>): readonly string[] {
  const way: string[] = [];
  for (let at: string | null = key; at !== null; at = seen.get(at)?.before ?? null) way.push(seen.get(at)?.what ?? "");
  return way.toReversed();
}
