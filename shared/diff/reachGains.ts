import { type Reach, type ReachTarget, reachIn } from "../access/membershipClosure.ts";
import { membershipGraph, type MembershipGraph } from "../access/membershipGraph.ts";
import { subjectOf } from "../controls/control.ts";
import type { Snapshot } from "../model/drift.ts";
import type { Severity } from "../model/server.ts";
import { namesOf, nameOf } from "./itemKey.ts";
import { membershipItem, roleItem } from "./items.ts";

/** A login role that reaches something now which it did not reach before, or not so directly. */
export interface Gain {
  readonly login: string;
  /** A role's name, or an attribute as SQL writes it. */
  readonly target: string;
  readonly severity: Severity;
  readonly reach: Reach;
}

/** What a snapshot says of who reaches what. */
export interface AccessGraph {
  readonly graph: MembershipGraph;
  readonly logins: ReadonlySet<string>;
  /** Subjects of all memberships, whoever granted them. */
  readonly edges: ReadonlySet<string>;
}

interface Sensitive {
  readonly target: ReachTarget;
  readonly label: string;
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

/** Undefined when roles or memberships could not be read. */
export function accessGraph(snapshot: Snapshot): AccessGraph | undefined {
  const { roles, memberships } = snapshot.parts;
  if (roles.state === "unavailable" || memberships.state === "unavailable") return undefined;
  const known = Object.entries(roles.items).flatMap(([key, value]) => {
    const item = roleItem(value);
    return item === undefined ? [] : [{ name: nameOf(key), ...item }];
  });
  const edges = Object.entries(memberships.items).map(([key, value]) => {
    const [granted = "", member = "", grantor = ""] = namesOf(key);
    return { role: granted, member, grantor, ...membershipItem(value) };
  });
  return {
    graph: membershipGraph(edges, known, { versionNum: versionNum(snapshot) }),
    logins: new Set(known.filter(({ canLogIn }) => canLogIn).map(({ name }) => name)),
    edges: new Set(edges.map((edge) => subjectOf("membership", edge.role, edge.member))),
  };
}

/** Without the server's version we assume 16 or later: to assume less would report ways that may not exist. */
function versionNum({ parts }: Snapshot): number {
  const major = Number(parts.server.items["server/version"]);
  return Number.isInteger(major) && major > 0 ? major * 10_000 : 160_000;
}

const directness: Readonly<Record<Reach["how"], number>> = { inherit: 0, set: 1, admin: 2 };

/** Who reaches `target` now and did not, or not so directly; login roles only. */
export function gainsOf(before: AccessGraph, after: AccessGraph, target: ReachTarget): ReadonlyMap<string, Reach> {
  const [old, current] = [reachIn(before.graph, target), reachIn(after.graph, target)];
  const gained = [...current].filter(([login, { how }]) => {
    const known = before.logins.has(login) ? old.get(login) : undefined;
    return after.logins.has(login) && (known === undefined || directness[how] < directness[known.how]);
  });
  return new Map(gained);
}

/** The gains of everything sensitive, each with the keys of the causes that its way leads over. */
export function sensitiveGains(
  before: AccessGraph,
  after: AccessGraph,
  causeOf: ReadonlyMap<string, string>,
): ReadonlyMap<string, readonly Gain[]> {
  const byCause = new Map<string, Gain[]>();
  for (const { target, label, severity } of sensitiveTargets) {
    for (const [login, reach] of gainsOf(before, after, target)) {
      const gain = { login, target: label, severity: isSelfGrant(reach, after) ? "high" : severity, reach } as const;
      for (const cause of causesOn(reach.path, causeOf)) {
        const gains = byCause.get(cause) ?? [];
        gains.push(gain);
        byCause.set(cause, gains);
      }
    }
  }
  return byCause;
}

/** Before 16, CREATEROLE grants itself any role without an edge: that weighs what CREATEROLE weighs (roles.md §6.2). */
function isSelfGrant({ how, path }: Reach, { edges }: AccessGraph): boolean {
  const [holder, granted] = path.slice(-2);
  if (how !== "admin" || holder === undefined || granted === undefined) return false;
  return !edges.has(subjectOf("membership", granted, holder));
}

/** The changed edges of a way; without one, the changed role at its end or at its start. */
function causesOn(path: readonly string[], causeOf: ReadonlyMap<string, string>): ReadonlySet<string> {
  const edges = path.slice(1).map((granted, index) => causeOf.get(subjectOf("membership", granted, path[index] ?? "")));
  const ends = [path.at(-1), path[0]].map((name) => causeOf.get(subjectOf("role", name ?? "")));
  const known = edges.filter((cause) => cause !== undefined);
  return new Set(known.length > 0 ? known : ends.filter((cause) => cause !== undefined).slice(0, 1));
}

const ways: Readonly<Record<Reach["how"], string>> = {
  inherit: "at once",
  set: "after SET ROLE",
  admin: "by granting itself a role",
};

/** `app_rw reaches azure_pg_admin at once: app_rw → azure_pg_admin`. */
export function gainText(login: string, target: string, { how, path }: Reach): string {
  const way = path.length > 1 ? `: ${path.join(" → ")}` : "";
  return `${login} reaches ${target} ${ways[how]}${way}`;
}
