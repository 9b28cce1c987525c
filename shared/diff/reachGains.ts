import type { Reach, ReachTarget } from "../access/membershipClosure.ts";
import type { WayMarks } from "../access/wayMarks.ts";
import { subjectOf } from "../controls/control.ts";
import type { Snapshot } from "../model/drift.ts";
import type { Severity } from "../model/server.ts";
import type { AccessPair } from "./accessPair.ts";
import type { Change } from "./changes.ts";
import { worst } from "./judgement.ts";
import { wayText } from "./principals.ts";
import { protectedOwners } from "./protectedOwners.ts";
import { touchedRoles } from "./touchedRoles.ts";

/** A login role that reaches something now which it did not reach before, or not so directly. */
export interface Gain {
  readonly login: string;
  readonly target: Target;
  readonly severity: Severity;
  readonly reach: Reach;
}

/** Something that matters, and the words for it. */
export interface Target {
  readonly target: ReachTarget;
  /** A role's name, or an attribute as SQL writes it. */
  readonly label: string;
  /** What makes it matter, where the name does not say so: `, owner of …`. */
  readonly note?: string;
}

interface Sensitive extends Target {
  readonly severity: Severity;
}

/** roles.md §6.2. */
const sensitiveTargets: readonly Sensitive[] = [
  role("azure_pg_admin", "critical"),
  attribute("superuser", "SUPERUSER", "critical"),
  attribute("bypassRls", "BYPASSRLS", "critical"),
  role("pg_execute_server_program", "critical"),
  role("pg_write_server_files", "critical"),
  role("pg_read_server_files", "critical"),
  role("pg_read_all_data", "high"),
  role("pg_write_all_data", "high"),
  role("pg_create_subscription", "high"),
  attribute("replication", "REPLICATION", "high"),
  attribute("createRole", "CREATEROLE", "high"),
];

function role(name: string, severity: Severity): Sensitive {
  return { target: { kind: "role", name }, label: name, severity };
}

function attribute(
  name: Extract<ReachTarget, { kind: "attribute" }>["name"],
  label: string,
  severity: Severity,
): Sensitive {
  return { target: { kind: "attribute", name }, label, severity };
}

/** What membership in a role alone weighs; undefined for a role that is nothing special. */
export function weightOf(name: string): Severity | undefined {
  const known = sensitiveTargets.find(({ target }) => target.kind === "role" && target.name === name);
  return known?.severity ?? (name.startsWith("pg_") ? "medium" : undefined);
}

const directness: Readonly<Record<Reach["how"], number>> = { inherit: 0, set: 1, admin: 2 };

/** Who reaches `target` now and did not, or not so directly; login roles only. */
export function gainsOf({ before, after }: AccessPair, target: ReachTarget): ReadonlyMap<string, Reach> {
  const [old, current] = [before.reach(target), after.reach(target)];
  const gained = new Map<string, Reach>();
  for (const [login, way] of current) {
    if (!after.isLogin(login)) continue;
    const known = before.isLogin(login) ? old.get(login) : undefined;
    if (known === undefined || directness[way.how] < directness[known.how]) gained.set(login, way);
  }
  return gained;
}

/** The same the other way round. */
export function lossesOf({ before, after }: AccessPair, target: ReachTarget): ReadonlyMap<string, Reach> {
  return gainsOf({ before: after, after: before }, target);
}

/**
 * The gains of everything sensitive that the changes can lead to, each under the keys of the causes that its way
 * leads over.
 */
export function sensitiveGains(
  access: AccessPair,
  changes: readonly Change[],
  causeOf: ReadonlyMap<string, string>,
  after: Snapshot,
): ReadonlyMap<string, readonly Gain[]> {
  const isTouched = touchedRoles(access, changes);
  const byCause = new Map<string, Gain[]>();
  for (const { severity, ...target } of [...sensitiveTargets, ...owners(after, isTouched)]) {
    if (!canTouch(target.target, access, isTouched)) continue;
    const ways = access.after.changedOn(target.target);
    for (const [login, reach] of gainsOf(access, target.target)) {
      const weight = reach.how === "admin" && isSelfGrant(login, ways, after) ? "high" : severity;
      const gain = { login, target, severity: weight, reach };
      for (const cause of causesOn(login, ways, causeOf)) {
        const gains = byCause.get(cause);
        if (gains === undefined) byCause.set(cause, [gain]);
        else gains.push(gain);
      }
    }
  }
  return byCause;
}

function canTouch(target: ReachTarget, { before, after }: AccessPair, isTouched: (name: string) => boolean): boolean {
  if (target.kind === "role") return isTouched(target.name);
  return [before, after].some(({ graph: { names, roles } }) =>
    names.some((name, index) => roles[index]?.[target.name] === true && isTouched(name)),
  );
}

/** Who owns a protected table gets past its policies, or lifts them (roles.md §6.1). */
function owners(after: Snapshot, isTouched: (name: string) => boolean): readonly Sensitive[] {
  const known = new Set(sensitiveTargets.map(({ label }) => label));
  return protectedOwners(after)
    .filter(({ owner }) => isTouched(owner) && !known.has(owner))
    .map(({ owner, note, severity }) => ({ target: { kind: "role", name: owner }, label: owner, note, severity }));
}

/** Before 16, CREATEROLE grants itself any role without an edge: that weighs what CREATEROLE weighs (roles.md §6.2). */
function isSelfGrant(login: string, ways: WayMarks, { parts }: Snapshot): boolean {
  const [granted, holder] = [ways.end(login), ways.beforeEnd(login)];
  if (granted === undefined || holder === undefined) return false;
  return !Object.hasOwn(parts.memberships.items, subjectOf("membership", granted, holder));
}

/** The changed edges of a way; without one, the changed role at its end or at its start. */
function causesOn(login: string, ways: WayMarks, causeOf: ReadonlyMap<string, string>): ReadonlySet<string> {
  const edges = ways.marks(login).map((key) => causeOf.get(key));
  const known = edges.filter((cause) => cause !== undefined);
  if (known.length > 0) return new Set(known);
  const ends = [ways.end(login), login].map((name) => causeOf.get(subjectOf("role", name ?? "")));
  return new Set(ends.filter((cause) => cause !== undefined).slice(0, 1));
}

/** `login app_rw can now become azure_pg_admin: app_rw → ops → azure_pg_admin, by SET ROLE`. */
export function gainText({ login, target: { target, label, note = "" }, reach }: Omit<Gain, "severity">): string {
  const what = target.kind === "role" ? `become ${label}${note}` : `use ${label}`;
  return `login ${login} can now ${what}${wayText(reach)}`;
}

/** How grave several gains are together. */
export function worstOf(gains: readonly Gain[]): Severity {
  return worst(...new Set(gains.map(({ severity }) => severity)));
}
