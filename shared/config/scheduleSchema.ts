import * as v from "valibot";
import { duration, mapping, schedule, wholeNumber } from "./allowedValues.ts";

/** When the timers run. */
export const ScheduleSchema = mapping({
  scan: v.optional(
    v.pipe(
      schedule(),
      v.description(
        "When the fleet is scanned, in UTC. Default: every six hours; changes in between arrive as events.",
      ),
    ),
    "0 0 */6 * * *",
  ),
  rotate: v.optional(
    v.pipe(
      schedule(),
      v.description("When rotations that are due begin, in UTC. Default: every hour, beside the scans."),
    ),
    "0 10 * * * *",
  ),
  recover: v.optional(
    v.pipe(
      schedule(),
      v.description(
        "When open rotations are run forward and every published secret is proved by a login, in UTC. Default: nothing stays broken for longer than five minutes.",
      ),
    ),
    "0 */5 * * * *",
  ),
});

/** How many rotations begin at a time. */
export const RotationSchema = mapping({
  maxPerRun: v.optional(
    v.pipe(
      wholeNumber(1, 1000),
      v.description("Rotations that begin in one run of the timer. Default: the others follow within hours."),
    ),
    100,
  ),
  jitter: v.optional(
    v.pipe(
      duration("0m", "30d"),
      v.description(
        "Up to so much earlier than its maxAge a credential is rotated, by its name, and never more than a tenth of maxAge. Default: credentials that were set up together spread over a day.",
      ),
    ),
    "24h",
  ),
});
