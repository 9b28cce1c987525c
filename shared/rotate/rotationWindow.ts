import { Cron } from "croner";
import type { Credential } from "../model/credential.ts";

type Window = NonNullable<Credential["window"]>;

/** Whether a rotation may begin at an instant: after an opening, in UTC, and before its end. */
export function isWindowOpen(window: Credential["window"], at: Date): boolean {
  return window === null || at < closesAt(window, at);
}

/** The first instant from `at` on when a rotation may begin. */
export function windowOpensAt(window: Credential["window"], at: Date): Date {
  if (window === null || isWindowOpen(window, at)) return at;
  // A schedule that never comes is refused by the configuration.
  return cronOf(window).nextRun(at) ?? at;
}

/** The end of the newest opening that is not after `at`; long ago when there was none yet. */
function closesAt(window: Window, at: Date): Date {
  // croner looks at what is strictly before; an opening at this very instant counts.
  const [opened] = cronOf(window).previousRuns(1, new Date(at.getTime() + 1));
  return new Date((opened?.getTime() ?? -Infinity) + window.durationMs);
}

/** Day and weekday as the Functions host reads them: both must fit. */
function cronOf({ opens }: Window): Cron {
  return new Cron(opens, { timezone: "UTC", mode: "5-or-6-parts", paused: true, domAndDow: true });
}
