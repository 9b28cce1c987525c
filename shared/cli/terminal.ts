/** Exit codes of architecture: done; findings at or above --fail-on; wrong use; incomplete; rotation open. */
export const EXIT = { done: 0, findings: 1, usage: 2, incomplete: 3, rotationOpen: 4 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The only way out of a command: data to `print`, everything else to `note`. */
export interface Terminal {
  /** One line or block on stdout. Control characters are shown, not obeyed; JSON stays the same data. */
  print(text: string): void;
  /** As `print`, but exactly this text where a file or a program reads it. */
  printExactly(text: string): void;
  /** One line on stderr. Control characters are shown, not obeyed. */
  note(text: string): void;
  /** Whether stderr is a terminal that progress may redraw. */
  readonly interactive: boolean;
  /** Width of stdout in columns. */
  readonly width: number;
  /** The worst code wins. */
  exitWith(code: ExitCode): void;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
}

/** The command was used wrongly: the message says how to use it; exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
