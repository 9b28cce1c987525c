import { idle, logsIn, newest, openIntents, type RoleName, type Variant, type Version, type World } from "./world.ts";

/** A step of one worker, or something that befell it; what follows from it. */
export interface Move {
  readonly what: string;
  readonly world: World;
}

type Change = Partial<World>;

/** Every state that can follow: each worker's next step, cut short by nothing or by a fault. */
export function moves(world: World, variant: Variant): readonly Move[] {
  return world.workers.flatMap((_, worker) => [...steps(world, worker, variant), ...faults(world, worker)]);
}

/** Crashes end the process and its session; a lease or a session may be lost while the worker goes on. */
function faults(world: World, index: number): readonly Move[] {
  const { left } = world;
  const worker = workerOf(world, index);
  if (worker.at === "idle") return [];
  const found: Move[] = [];
  if (left.crashes > 0)
    found.push(move(`${index} crashes`, { ...stopped(world, index), left: { ...left, crashes: left.crashes - 1 } }));
  if (left.leaseLosses > 0 && world.leasedBy === index) {
    const lost = { ...world, leasedBy: null, left: { ...left, leaseLosses: left.leaseLosses - 1 } };
    found.push(move(`${index} loses its lease`, lost));
  }
  if (left.killedSessions > 0 && worker.session) {
    const killed = { ...world, left: { ...left, killedSessions: left.killedSessions - 1 }, ...unlocked(world, index) };
    found.push(move(`${index} loses its session`, withWorker(killed, index, { session: false })));
  }
  return found;
}

/** What a worker does next. More than one answer: it may or may not begin a rotation, a write may be sent twice. */
export function steps(world: World, index: number, variant: Variant): readonly Move[] {
  const { at, task, session } = workerOf(world, index);
  const intent = task ?? newest(world);
  function go(place: string, change: Change = {}): Move {
    return move(`${index} ${at}`, to(world, index, place, change));
  }
  function stop(change: Change = {}): Move {
    return move(`${index} ${at}`, stopped({ ...world, ...change }, index));
  }

  switch (at) {
    case "idle":
      return world.leasedBy === null ? [go("lock", { leasedBy: index })] : [];
    case "lock":
      return [locked(world, index, variant)];
    case "load":
      return loaded(world, index, variant);
    case "prepare": {
      const pending = { ...intent, state: "open" as const };
      return written(world, (world, copies) =>
        to(world, index, "apply", { pending: [...world.pending, ...copies.map(() => pending)] }),
      ).map(({ what, world }) => move(`${index} prepare${what}`, world));
    }
    case "apply":
      if (!session) return [stop()];
      return [go(...applied(world, intent, variant))];
    case "verify":
      return logsIn(world, intent) ? [go("check")] : [stop()];
    case "check": {
      const published = newest(world);
      if (world.leasedBy !== index || (variant.advisoryLock && !session)) return [stop()];
      if (published.rotation === intent.rotation) return [go("readBack")];
      return published.generation < intent.generation ? [go("put")] : [go("supersede")];
    }
    case "put":
    case "republish":
      return written(world, (world, copies) =>
        to(world, index, "readBack", { published: [...world.published, ...copies.map(() => intent)] }),
      ).map(({ what, world }) => move(`${index} ${at}${what}`, world));
    case "readBack":
      return newest(world).rotation === intent.rotation && logsIn(world, intent) ? [go("close")] : [stop()];
    case "close":
      return [stop({ pending: ended(world, intent, "done") })];
    case "supersede":
      return [stop({ pending: ended(world, intent, "superseded") })];
    // Orders of other rotators.
    case "alterUnstored":
      return session ? [go("putUnchecked", { accepts: altered(world, intent) })] : [stop()];
    case "putUnchecked": {
      const published = [...world.published, intent];
      return [variant.order === "publishFirst" ? go("alterPublished", { published }) : stop({ published })];
    }
    case "alterPublished":
      return [session ? stop({ accepts: altered(world, intent) }) : stop()];
  }
}

function locked(world: World, index: number, { advisoryLock }: Variant): Move {
  if (!advisoryLock) return move(`${index} connects`, to(withWorker(world, index, { session: true }), index, "load"));
  if (world.lockedBy !== null) return move(`${index} is told that it is busy`, stopped(world, index));
  const holding = withWorker({ ...world, lockedBy: index }, index, { session: true });
  return move(`${index} locks`, to(holding, index, "load"));
}

/** Reads vault and ledger and decides. */
function loaded(world: World, index: number, variant: Variant): readonly Move[] {
  const what = `${index} loads`;
  const rest = move(what, stopped(world, index));
  const [open] = openIntents(world);
  if (open !== undefined) {
    const { generation, rotation, role } = open;
    const place = isOvertaken(world, open, variant) ? "supersede" : "apply";
    return [move(what, working(world, index, place, { generation, rotation, role }))];
  }
  const current = newest(world);
  if (!logsIn(world, current)) {
    const mend = durable(world).find((version) =>
      variant.ledger ? version.rotation === world.ledger.rotation : logsIn(world, version),
    );
    return [mend === undefined ? rest : move(what, working(world, index, "republish", mend))];
  }
  if (world.left.rotations === 0) return [rest];

  const rotation = world.drawn + 1;
  const task = { generation: nextGeneration(world), rotation, role: nextRole(current, variant) };
  const left = { ...world.left, rotations: world.left.rotations - 1 };
  const place = { storeFirst: "prepare", databaseFirst: "alterUnstored", publishFirst: "putUnchecked" }[variant.order];
  return [rest, move(what, working({ ...world, drawn: rotation, left }, index, place, task))];
}

/** W2 and W4: a newer generation or another rotation of the same one, or a role that consumers use by now. */
function isOvertaken(world: World, intent: Version, variant: Variant): boolean {
  const { strategy, ledger } = variant;
  const published = newest(world);
  const marks = ledger ? [world.ledger, published] : [published];
  if (marks.some((mark) => isBehind(intent, mark, variant))) return true;
  const isPublishedRole = strategy === "alternating" && intent.role === published.role;
  return isPublishedRole && intent.rotation !== published.rotation && logsIn(world, published);
}

function isBehind({ generation, rotation }: Version, mark: World["ledger"], { fence }: Variant): boolean {
  if (mark.generation > generation) return true;
  return fence === "rotation" && mark.generation === generation && mark.rotation !== rotation;
}

/** W3: the ledger's row and the password change together, and the row only moves up. */
function applied(world: World, intent: Version, { ledger, fence }: Variant): [string, Change] {
  const { generation, rotation } = intent;
  if (!ledger) return ["verify", { accepts: altered(world, intent) }];
  if (world.ledger.generation < generation)
    return ["verify", { accepts: altered(world, intent), ledger: { generation, rotation } }];
  const isOurs = fence === "rotation" ? world.ledger.rotation === rotation : world.ledger.generation === generation;
  return isOurs ? ["verify", {}] : ["supersede", {}];
}

/** A write to Key Vault, sent once or twice. */
function written(world: World, result: (world: World, copies: readonly number[]) => World): readonly Move[] {
  const { twins } = world.left;
  const once = move("", result(world, [1]));
  if (twins === 0) return [once];
  return [once, move(" twice", result({ ...world, left: { ...world.left, twins: twins - 1 } }, [1, 2]))];
}

function durable({ published, pending }: World): readonly Version[] {
  const stored = pending.map(({ generation, rotation, role }) => ({ generation, rotation, role }));
  return [...published, ...stored].toReversed();
}

function nextGeneration(world: World): number {
  return 1 + Math.max(world.ledger.generation, ...durable(world).map(({ generation }) => generation));
}

function nextRole({ role }: Version, { strategy }: Variant): RoleName {
  if (strategy === "single") return role;
  return role === "a" ? "b" : "a";
}

function altered({ accepts }: World, { role, rotation }: Version): World["accepts"] {
  return { ...accepts, [role]: rotation };
}

function ended({ pending }: World, { rotation }: Version, state: "done" | "superseded"): World["pending"] {
  return pending.map((version) => (version.rotation === rotation ? { ...version, state } : version));
}

function workerOf({ workers }: World, index: number): World["workers"][number] {
  const worker = workers[index];
  if (worker === undefined) throw new Error(`There is no worker ${index}.`);
  return worker;
}

function withWorker(world: World, index: number, change: Partial<World["workers"][number]>): World {
  return { ...world, workers: world.workers.map((worker, at) => (at === index ? { ...worker, ...change } : worker)) };
}

function to(world: World, index: number, place: string, change: Change = {}): World {
  // The places are those of the switch above; a wrong one finds no case and stops the exploration.
  return withWorker({ ...world, ...change }, index, { at: place as World["workers"][number]["at"] });
}

function working(world: World, index: number, place: string, task: Version): World {
  return withWorker(to(world, index, place), index, { task });
}

function unlocked(world: World, index: number): Change {
  return { lockedBy: world.lockedBy === index ? null : world.lockedBy };
}

/** The tick is over, by itself or by a crash: the session ends, the lease is given back or runs out. */
export function stopped(world: World, index: number): World {
  const free = { ...world, ...unlocked(world, index), leasedBy: world.leasedBy === index ? null : world.leasedBy };
  return { ...free, workers: free.workers.map((worker, at) => (at === index ? idle : worker)) };
}

function move(what: string, world: World): Move {
  return { what, world };
}
