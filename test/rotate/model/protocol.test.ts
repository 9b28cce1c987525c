import { describe, expect, it } from "@jest/globals";
import { type Exploration, explore } from "./explore.ts";
import type { Variant } from "./world.ts";

const ours: Variant = {
  name: "",
  strategy: "single",
  order: "storeFirst",
  workers: 1,
  rotations: 3,
  ledger: true,
  advisoryLock: true,
  fence: "rotation",
  leaseLosses: 2,
  crashes: 3,
  twins: 2,
  killedSessions: 0,
};
const two = { ...ours, workers: 2 as const, rotations: 2, crashes: 1, twins: 1 };

const everywhere = ["noLoss", "recoverable", "publishedLogsIn", "brokenOnlyWhileOpen"];

/** Variants and the promises that each breaks; every other promise holds in every state. */
const variants: readonly (Variant & { readonly breaks: readonly string[] })[] = [
  { ...ours, name: "single, one worker", breaks: ["publishedLogsIn"] },
  { ...two, name: "single, two workers", breaks: ["publishedLogsIn"] },
  {
    ...two,
    name: "single, two workers, ledger but no advisory lock",
    advisoryLock: false,
    breaks: ["publishedLogsIn", "brokenOnlyWhileOpen"],
  },
  {
    ...two,
    name: "single, two workers, neither ledger nor advisory lock",
    advisoryLock: false,
    ledger: false,
    breaks: ["publishedLogsIn", "brokenOnlyWhileOpen"],
  },
  {
    ...two,
    name: "single, two workers, a session killed",
    killedSessions: 1,
    breaks: ["publishedLogsIn", "brokenOnlyWhileOpen"],
  },
  { ...ours, name: "alternating, one worker", strategy: "alternating", breaks: [] },
  { ...two, name: "alternating, two workers", strategy: "alternating", breaks: [] },
  {
    ...two,
    name: "alternating, two workers, ledger but no advisory lock",
    strategy: "alternating",
    rotations: 3,
    advisoryLock: false,
    breaks: ["publishedLogsIn", "brokenOnlyWhileOpen"],
  },
  {
    ...two,
    name: "alternating, two workers, a session killed",
    strategy: "alternating",
    rotations: 3,
    killedSessions: 1,
    breaks: ["publishedLogsIn", "brokenOnlyWhileOpen"],
  },
  {
    ...two,
    name: "alternating, two workers, a fence that compares generations only",
    strategy: "alternating",
    fence: "generation",
    killedSessions: 1,
    breaks: ["recoverable"],
  },
  { ...ours, name: "database first", order: "databaseFirst", ledger: false, breaks: everywhere },
  {
    ...ours,
    name: "publish first",
    order: "publishFirst",
    ledger: false,
    breaks: ["publishedLogsIn", "brokenOnlyWhileOpen"],
  },
];

const explored = new Map<string, Exploration>();

function explorationOf(variant: Variant): Exploration {
  const known = explored.get(variant.name) ?? explore(variant);
  explored.set(variant.name, known);
  return known;
}

describe("the rotation protocol, in every state that faults and interleavings can reach", () => {
  it.each(variants)("$name breaks exactly: $breaks", (variant) => {
    const { broken } = explorationOf(variant);

    expect(Object.keys(broken).toSorted()).toEqual(variant.breaks.toSorted());
  });

  it("has more than 100,000 states", () => {
    const states = variants.reduce((sum, variant) => sum + explorationOf(variant).states, 0);

    expect(states).toBeGreaterThan(100_000);
  });

  it("loses the password when the database comes first and the process dies before it stores", () => {
    const { broken } = explore({ ...ours, name: "", order: "databaseFirst", ledger: false });

    expect(broken.noLoss?.at(-1)).toBe("0 alterUnstored");
    expect(broken.recoverable?.at(-1)).toBe("0 alterUnstored");
  });

  it("publishes a password that nobody accepts when publishing comes first", () => {
    const { broken } = explore({ ...ours, name: "", order: "publishFirst", ledger: false });

    expect(broken.brokenOnlyWhileOpen?.at(-1)).toBe("0 putUnchecked");
  });
});
