import { coverage, rangeOf, rangeText, subtract } from "../controls/net/firewallRange.ts";
import type { Snapshot } from "../model/drift.ts";
import type { Severity } from "../model/server.ts";
import type { Change } from "./changes.ts";
import { nameOf } from "./itemKey.ts";
import { type RangeItem, rangeItem } from "./items.ts";
import { type Judgement, judgement } from "./judgement.ts";

/** A /16 and more: nobody knows everyone in it. */
const wide = 65_536;
const large = 256;

/** What a rule newly lets in counts, beside all the rules there were. */
export function judgeFirewall({ key, before, after }: Change, snapshot: Snapshot): Judgement {
  const name = `Firewall rule ${nameOf(key)}`;
  const [old, current] = [rangeItem(before), rangeItem(after)];
  if (current === undefined)
    return judgement(
      "info",
      `${name} was removed: it no longer lets in ${old === undefined ? "anyone" : text(old)}.`,
      [],
      {
        direction: "lost",
      },
    );

  const known = Object.values(snapshot.parts.firewallRules.items)
    .map(rangeItem)
    .filter((item) => item !== undefined);
  const range = rangeOf(current);
  const admitted = subtract(
    range === undefined ? [] : [range],
    known.map(rangeOf).filter((item) => item !== undefined),
  );
  const count = coverage(admitted);
  const what = old === undefined ? `was added: ${text(current)}` : `changed from ${text(old)} to ${text(current)}`;
  if (count === 0) return judgement("low", `${name} ${what}; it lets in nobody new.`);
  // Azure reads this one range as all of its own services, whoever runs them.
  if (current.first === "0.0.0.0" && current.last === "0.0.0.0")
    return judgement("high", `${name} ${what}; it lets in every service in Azure, of any customer.`, [], {
      direction: "gained",
    });
  return judgement(
    severityOf(count),
    `${name} ${what}; ${count} ${count === 1 ? "address" : "addresses"} may connect that could not before.`,
    admitted.map((part) => `${rangeText(part)} may connect`),
    { direction: "gained" },
  );
}

function severityOf(count: number): Severity {
  if (count >= wide) return "critical";
  return count > large ? "high" : "medium";
}

function text({ first, last }: RangeItem): string {
  return first === last ? first : `${first} to ${last}`;
}
