/** What is explored: which rules are in force, and how much may go wrong. */
export interface Variant {
  readonly name: string;
  readonly strategy: "single" | "alternating";
  /** `storeFirst` is ours; the other two are orders that other rotators use. */
  readonly order: "storeFirst" | "databaseFirst" | "publishFirst";
  readonly workers: 1 | 2;
  readonly rotations: number;
  readonly ledger: boolean;
  readonly advisoryLock: boolean;
  /** Whether the fence compares the rotation id beside the generation. */
  readonly fence: "generation" | "rotation";
  readonly leaseLosses: number;
  readonly crashes: number;
  /** Writes to Key Vault that may be sent twice. */
  readonly twins: number;
  readonly killedSessions: number;
}

export type RoleName = "a" | "b";

/** A version of a secret. Each rotation draws one value, so the rotation id stands for the value too. */
export interface Version {
  readonly generation: number;
  readonly rotation: number;
  readonly role: RoleName;
}

export interface Pending extends Version {
  readonly state: "open" | "done" | "superseded";
}

/** Where a worker stands; it does what the word says next. */
export type Place =
  | "idle"
  | "lock"
  | "load"
  | "prepare"
  | "apply"
  | "verify"
  | "check"
  | "put"
  | "readBack"
  | "close"
  | "supersede"
  | "republish"
  | "alterUnstored"
  | "putUnchecked"
  | "alterPublished";

export interface Worker {
  readonly at: Place;
  /** What it works on, in its memory only. */
  readonly task: Version | null;
  /** Whether its database session lives. */
  readonly session: boolean;
}

/** One state of vault, database and workers. Plain data: its JSON is its identity. */
export interface World {
  readonly published: readonly Version[];
  readonly pending: readonly Pending[];
  /** The value that each role accepts; 0 is the one that nobody ever used. */
  readonly accepts: Readonly<Record<RoleName, number>>;
  readonly ledger: { readonly generation: number; readonly rotation: number };
  /** Number of the worker that holds the advisory lock, or the lease. */
  readonly lockedBy: number | null;
  readonly leasedBy: number | null;
  readonly workers: readonly Worker[];
  /** The last value drawn. */
  readonly drawn: number;
  readonly left: {
    readonly rotations: number;
    readonly leaseLosses: number;
    readonly crashes: number;
    readonly twins: number;
    readonly killedSessions: number;
  };
}

export const idle: Worker = { at: "idle", task: null, session: false };

/** An imported secret of generation 1, which logs in and has its ledger row. */
export function firstWorld(variant: Variant): World {
  const { rotations, leaseLosses, crashes, twins, killedSessions } = variant;
  return {
    published: [{ generation: 1, rotation: 1, role: "a" }],
    pending: [],
    accepts: { a: 1, b: 0 },
    ledger: { generation: 1, rotation: 1 },
    lockedBy: null,
    leasedBy: null,
    workers: Array.from({ length: variant.workers }, () => idle),
    drawn: 1,
    left: { rotations, leaseLosses, crashes, twins, killedSessions },
  };
}

export function newest({ published }: World): Version {
  const version = published.at(-1);
  if (version === undefined) throw new Error("Nothing is published.");
  return version;
}

export function logsIn({ accepts }: World, { role, rotation }: Version): boolean {
  return accepts[role] === rotation;
}

export function openIntents({ pending }: World): readonly Pending[] {
  return pending.filter(({ state }) => state === "open");
}
