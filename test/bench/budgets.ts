const second = 1000;
const megabyte = 1_000_000;

/** What the benchmark holds each figure against: architecture.md §8. Milliseconds, bytes and counts. */
export const budgets = {
  bundleBytes: 2 * megabyte,
  bundleLoadMs: 250,
  oneServerMs: 1.5 * second,
  armReadsPerServer: 9,
  snapshotPatternedMs: 1.2 * second,
  snapshotUniqueMs: 1.8 * second,
  snapshotBytes: 300 * megabyte,
  closureMs: 150,
  diffMs: 200,
  timesFasterThanPeers: 10,
  /** Key Vault requests between the COMMIT of a password and the end of its publication. */
  publicationRoundTrips: 2,
  /** 500 rotations are let into one vault 50 at a time, every ten seconds; the last fifty have twice that. */
  fleetRotationMs: 110 * second,
  /** Requests that Key Vault turned away because there were too many. */
  throttledRequests: 0,
} as const;
