import type { Sections } from "./section.ts";
import type { ServerRef } from "./server.ts";

/** What was observed on one server at one time. */
export interface Posture {
  readonly server: ServerRef;
  /** ISO 8601 in UTC. */
  readonly takenAt: string;
  readonly sections: Sections;
}
