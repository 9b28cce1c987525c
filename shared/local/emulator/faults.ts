/** What happens to a request that a fault meets. */
export type FaultAction =
  | { readonly kind: "delay"; readonly ms: number }
  /** Answered so. `after`: the request takes effect first, and its own answer is thrown away. */
  | {
      readonly kind: "status";
      readonly status: number;
      readonly when?: "before" | "after";
      /** Name → value, such as `{ "retry-after": "1" }`. */
      readonly headers?: Readonly<Record<string, string>>;
      /** Code in the error body. */
      readonly code?: string;
      /** JSON that replaces the error body. */
      readonly body?: unknown;
    }
  /** The connection is closed without an answer. `after`: the request took effect, its answer is lost. */
  | { readonly kind: "drop"; readonly when: "before" | "after" }
  /** Nothing is answered until the client gives up or the emulator closes. */
  | { readonly kind: "stall" }
  /** `limit` requests per `windowMs` pass; the others get 429, with Retry-After unless it is null. */
  | {
      readonly kind: "throttle";
      readonly limit: number;
      readonly windowMs: number;
      readonly retryAfterSeconds: number | null;
    };

export interface Fault {
  /** Upper case; absent: every method. */
  readonly method?: string;
  /** Met by a path (without query) that contains the text, without case, or that the expression matches. */
  readonly path: string | RegExp;
  /** How many requests it meets; without it, every one. */
  readonly times?: number;
  /** How many matching requests it lets pass first. */
  readonly skip?: number;
  readonly action: FaultAction;
}

/** The faults of a running emulator. The first one added that still meets a request is the one that acts. */
export interface Faults {
  /** @returns takes the fault away again */
  add(fault: Fault): () => void;
  clear(): void;
}
