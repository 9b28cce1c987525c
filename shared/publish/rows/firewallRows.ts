import { addressCount } from "../../controls/net/firewallRange.ts";
import type { History } from "../../model/finding.ts";
import type { Posture } from "../../model/posture.ts";
import type { TableRow } from "../tables.ts";
import { makeRow, type RowContext } from "./row.ts";

/** One row per firewall rule. */
export function firewallRows(
  posture: Posture,
  history: History,
  context: RowContext,
): readonly TableRow<"PgWardenFirewall_CL">[] {
  const { firewallRules } = posture.sections;
  if (firewallRules.state === "unavailable") return [];
  return firewallRules.items.map(({ name, first, last }) =>
    makeRow("PgWardenFirewall_CL", context, name, {
      RuleName: name,
      FirstAddress: first,
      LastAddress: last,
      AddressCount: addressCount(first, last),
      FirstSeen: history.firewallRules[`${name} ${first} ${last}`] ?? posture.takenAt,
    }),
  );
}
