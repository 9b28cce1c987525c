/** What the exported server log says of logins. */
export interface LoginHistory {
  /** Lower-case ARM id of the Log Analytics workspace that holds the log. */
  readonly workspaceId: string;
  /** First moment of the time that was asked about, ISO 8601 in UTC. */
  readonly askedFrom: string;
  /**
   * ISO 8601: the oldest login on record since which no day (UTC) has passed without one. Null when the records hold
   * none of the last two days: the export ended, or never began.
   */
  readonly since: string | null;
  /** The newest login of each role that has one on record; names as PostgreSQL wrote them. */
  readonly lastLogins: readonly LastLogin[];
}

export interface LastLogin {
  readonly role: string;
  /** ISO 8601. */
  readonly at: string;
}
