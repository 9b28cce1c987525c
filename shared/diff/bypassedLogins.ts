import type { Severity } from "../model/server.ts";
import type { BypassGain, BypassWay } from "./bypassGains.ts";
import { maxSamples, severities, worst } from "./judgement.ts";
import { smallest } from "./smallest.ts";

/** What one cause gave one login, or took from it. */
export interface LoginBypass {
  readonly login: string;
  /** The gravest one; of equally grave ones the first. */
  readonly way: BypassWay;
  /** How many there are beside it. */
  readonly others: number;
}

/** What one cause gave, or took. */
export interface BypassedLogins {
  readonly severity: Severity;
  /** All of them, each once, in no order. */
  readonly logins: readonly string[];
  /** Of those with the gravest ways the first by name. */
  readonly samples: readonly LoginBypass[];
}

/** @param names of logins by their numbers */
export function bypassedLogins(gains: readonly BypassGain[], names: readonly string[]): BypassedLogins {
  const seen = new Uint8Array(gains.length === 0 ? 0 : names.length);
  const logins: string[] = [];
  const samples: LoginBypass[] = [];
  for (const severity of severities) {
    const grave = gains.filter((gain) => gain.severity === severity);
    const found: number[] = [];
    for (const gain of grave) {
      for (const login of gain.logins) {
        if (seen[login] === 1) continue;
        seen[login] = 1;
        found.push(login);
        logins.push(names[login] ?? "");
      }
    }
    // Numbers sort as names do.
    const shown = smallest(found, maxSamples - samples.length, (left, right) => left - right);
    samples.push(...shown.flatMap((login) => bypassOf(login, names[login] ?? "", grave, gains) ?? []));
  }
  return { severity: worst("info", ...gains.map(({ severity }) => severity)), logins, samples };
}

function bypassOf(
  login: number,
  name: string,
  grave: readonly BypassGain[],
  gains: readonly BypassGain[],
): LoginBypass | undefined {
  const way = grave.find(({ logins }) => logins.includes(login))?.ways[0];
  const own = gains.filter(({ logins }) => logins.includes(login));
  const count = own.reduce((sum, { ways }) => sum + ways.length, 0);
  return way && { login: name, way, others: count - 1 };
}
