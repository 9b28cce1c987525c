/** One measured figure beside its budget. */
export interface Figure {
  readonly what: string;
  readonly measured: string;
  /** `–` when architecture.md §8 sets none. */
  readonly budget: string;
  readonly met: boolean | null;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error("There is no median of nothing.");
  return middle;
}

/** Milliseconds that a piece of work takes, with its result. */
export async function timed<T>(work: () => Promise<T>): Promise<{ readonly ms: number; readonly result: T }> {
  const start = performance.now();
  const result = await work();
  return { ms: performance.now() - start, result };
}

export function milliseconds(ms: number): string {
  return ms >= 1000 ? `${(ms / 1000).toFixed(2)} s` : `${Math.round(ms)} ms`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** A figure that must not exceed its budget. */
export function atMost(what: string, value: number, budget: number, format: (value: number) => string): Figure {
  return { what, measured: format(value), budget: `≤ ${format(budget)}`, met: value <= budget };
}

export function noBudget(what: string, measured: string): Figure {
  return { what, measured, budget: "–", met: null };
}
