export interface TokenBucket {
  readonly size: number;
  readonly refillPerSecond: number;
}

export interface RateLimits {
  /** Takes one token of the bucket named `key`. @returns what is left; negative when there was none */
  take(key: string, bucket: TokenBucket): number;
}

/** Token buckets as ARM keeps them (azure.md §2): full at first, refilled continuously. */
export function rateLimits(now: () => Date): RateLimits {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(key, { size, refillPerSecond }) {
      const at = now().getTime();
      const before = buckets.get(key) ?? { tokens: size, at };
      const tokens = Math.min(size, before.tokens + ((at - before.at) / 1000) * refillPerSecond);
      if (tokens < 1) {
        buckets.set(key, { tokens, at });
        return -1;
      }
      buckets.set(key, { tokens: tokens - 1, at });
      return Math.floor(tokens - 1);
    },
  };
}
