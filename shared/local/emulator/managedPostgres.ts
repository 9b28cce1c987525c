/**
 * The PostgreSQL side of the flexible servers that the emulator pretends to manage: ARM state and the running server
 * must agree. `serverId` is always the lower-case ARM id.
 */
export interface ManagedPostgres {
  /**
   * Makes a server parameter effective. `pendingRestart`: accepted, effective after a restart. `unsupported`: this
   * PostgreSQL knows no such parameter (`pgbouncer.enabled`, `azure.*`), so it lives in ARM only.
   */
  applyParameter(serverId: string, name: string, value: string): Promise<"applied" | "pendingRestart" | "unsupported">;

  /** Changes the real role; called for `administratorLoginPassword`. */
  setPassword(serverId: string, role: string, password: string): Promise<void>;

  /** Lets the role log in with an Entra token for the database audience, on every server that has the role. */
  acceptToken(roleName: string, token: string, expiresAt: Date): Promise<void>;

  /** Restarts the server, so that pending parameters become effective. Absent: only ARM state changes. */
  restart?(serverId: string): Promise<void>;

  /** Starts or stops the server. Absent: only ARM state changes. */
  setRunning?(serverId: string, running: boolean): Promise<void>;
}
