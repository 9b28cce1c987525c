import type { DatabaseParts, Snapshot, SnapshotPart, UncomparedPart } from "../model/drift.ts";
import { byCodeUnit } from "./canonical.ts";
import { leftOutOfPolicies } from "./comparedParts.ts";
import { databasePartNames, snapshotPartNames } from "./snapshot.ts";
import { type Upgrade, upgradeBetween } from "./upgrade.ts";

/**
 * The parts of the server and of its databases that `diffSnapshots` says nothing of, each with the reason. A database
 * that is no more has no parts: the list of databases tells that it went.
 */
export function uncomparedParts(baseline: Snapshot, now: Snapshot): readonly UncomparedPart[] {
  const upgrade = upgradeBetween(baseline, now);
  const ofServer = snapshotPartNames.flatMap((part) => gap(part, null, baseline.parts[part], now.parts[part]));
  const ofDatabases = Object.entries(now.databases)
    .toSorted(([left], [right]) => byCodeUnit(left, right))
    .flatMap(([name, parts]) => {
      const approved = Object.hasOwn(baseline.databases, name) ? baseline.databases[name] : undefined;
      return uncomparedIn(name, approved, parts, upgrade);
    });
  return [...ofServer, ...ofDatabases];
}

function uncomparedIn(
  database: string,
  approved: DatabaseParts | undefined,
  now: DatabaseParts,
  upgrade: Upgrade,
): readonly UncomparedPart[] {
  if (approved === undefined)
    return databasePartNames.map((part) => ({ part, database, why: "the baseline has no such database" }));
  const gaps = databasePartNames.flatMap((part) => gap(part, database, approved[part], now[part]));
  if (gaps.some(({ part }) => part === "rowPolicies")) return gaps;
  const why = leftOutOfPolicies(approved, now, upgrade);
  return why === undefined ? gaps : [...gaps, { part: "rowPolicies", database, why }];
}

function gap(
  part: UncomparedPart["part"],
  database: string | null,
  approved: SnapshotPart,
  now: SnapshotPart,
): readonly UncomparedPart[] {
  if (approved.state === "unavailable")
    return [{ part, database, why: "it was not read when the baseline was approved" }];
  return now.state === "unavailable" ? [{ part, database, why: "it cannot be read now" }] : [];
}
