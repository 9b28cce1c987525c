/** One thing wrong with what somebody configured. */
export interface ConfigFault {
  /** `policy.tls.minimum`, `waivers[2].expires`, or the name of an environment variable; empty for the whole file. */
  readonly path: string;
  /** 1-based line and column of the file, where there is one. */
  readonly line: number | null;
  readonly column: number | null;
  /** A sentence that names the path, the value met and the values allowed. Never a secret. */
  readonly message: string;
}

/** Every fault of one source at once; the CLI exits 2, health reports it. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  /** The file, or `environment`. */
  readonly source: string;
  readonly faults: readonly ConfigFault[];

  constructor(source: string, faults: readonly ConfigFault[], options: { readonly cause?: unknown } = {}) {
    super(describe(source, faults), options);
    this.source = source;
    this.faults = faults;
  }
}

function describe(source: string, faults: readonly ConfigFault[]): string {
  const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
  return [`${source} has ${count}:`, ...faults.map((fault) => `- ${place(fault)}${fault.message}`)].join("\n");
}

function place({ line, column }: ConfigFault): string {
  if (line === null) return "";
  return column === null ? `line ${line}: ` : `line ${line}, column ${column}: `;
}
