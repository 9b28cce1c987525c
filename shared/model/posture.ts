import type { DatabaseSections, Sections } from "./section.ts";
import type { ServerRef } from "./server.ts";

/** What was observed on one server at one time. */
export interface Posture {
  readonly server: ServerRef;
  /** ISO 8601 in UTC. */
  readonly takenAt: string;
  readonly sections: Sections;
  /** Every database in scope, sorted by name; one that could not be read has its sections unavailable. */
  readonly databases: readonly DatabasePosture[];
}

export interface DatabasePosture {
  readonly name: string;
  readonly sections: DatabaseSections;
}
