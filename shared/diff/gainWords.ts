import type { Severity } from "../model/server.ts";
import { atMost, counted, type Judgement, judgement, maxSamples } from "./judgement.ts";
import { type Gainers, wayText } from "./principals.ts";

/** What somebody got or lost, before it is known to whom that matters. */
export interface Grounds {
  readonly severity: Severity;
  /** A sentence without its end. */
  readonly message: string;
  /** What a login can do, or cannot any more: `SELECT on table app.orders`. */
  readonly what: string;
  /** Undefined when nobody knows. */
  readonly gainers: Gainers | undefined;
  /** Null is PUBLIC: whoever comes can use that, now or later. */
  readonly grantee: string | null;
}

/** From so many on, a read that few should have is no small thing any more. */
const many = 50;

/** What is gained, weighed by how many gain it (roles.md §6.2): what no login can use yet is low. */
export function judgeGained(
  { severity, message, what, gainers, grantee }: Grounds,
  more: Pick<Partial<Judgement>, "direction"> = {},
): Judgement {
  const names = [...(gainers?.keys() ?? [])];
  const effects = names
    .slice(0, maxSamples)
    .map((name) => `login ${name} can now ${what}${wayText(gainers?.get(name) ?? null)}`);
  return judgement(weighed(severity, gainers, grantee), `${message}${breadth(gainers, grantee)}.`, effects, {
    direction: "gained",
    ...more,
    effectCount: names.length,
    gained: names,
  });
}

function weighed(severity: Severity, gainers: Gainers | undefined, grantee: string | null): Severity {
  if (gainers === undefined || severity === "critical") return severity;
  if (gainers.size === 0 && grantee !== null) return atMost("low", severity);
  return severity === "low" && gainers.size >= many ? "medium" : severity;
}

function breadth(gainers: Gainers | undefined, grantee: string | null): string {
  if (gainers === undefined) return "";
  if (gainers.size === 0) return ": no login role gains by it";
  if (grantee === null) return `: every login (${gainers.size}) that could not before can use it`;
  return `: ${counted(gainers.size, "login role")} can use it that could not before`;
}

/** Availability, not confidentiality: `severity` is `info` unless a service loses it. */
export function judgeLost({ severity, message, what, gainers: losers }: Omit<Grounds, "grantee">): Judgement {
  const names = [...(losers?.keys() ?? [])];
  const effects = names.slice(0, maxSamples).map((name) => `login ${name} can no longer ${what}`);
  const count = names.length === 0 ? "" : `: ${counted(names.length, "login role")} lost it`;
  return judgement(severity, `${message}${count}.`, effects, { direction: "lost", effectCount: names.length });
}
