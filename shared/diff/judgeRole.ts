import type { Severity } from "../model/server.ts";
import type { Change } from "./changes.ts";
import { nameOf } from "./itemKey.ts";
import { type RoleItem, roleItem } from "./items.ts";
import { type Judgement, judgement, shown, worst } from "./judgement.ts";

interface Attribute {
  readonly field: "superuser" | "bypassRls" | "replication" | "createRole" | "canLogIn" | "createDb";
  readonly keyword: string;
  readonly severity: Severity;
  /** What a role with it can do. */
  readonly power: string;
}

const attributes: readonly Attribute[] = [
  { field: "superuser", keyword: "SUPERUSER", severity: "critical", power: "bypass every check" },
  { field: "bypassRls", keyword: "BYPASSRLS", severity: "critical", power: "read and write past row security" },
  { field: "createRole", keyword: "CREATEROLE", severity: "high", power: "create and change roles" },
  { field: "replication", keyword: "REPLICATION", severity: "high", power: "copy the whole server" },
  { field: "canLogIn", keyword: "LOGIN", severity: "high", power: "log in" },
  { field: "createDb", keyword: "CREATEDB", severity: "medium", power: "create databases" },
];

/** One difference of a role, as a clause, with what it weighs. */
interface Difference {
  readonly severity: Severity;
  readonly clause: string;
}

export function judgeRole({ key, change, before, after }: Change): Judgement {
  const name = nameOf(key);
  const [old, current] = [roleItem(before), roleItem(after)];
  if (current === undefined)
    return judgement("info", `Role ${name} was dropped: nobody can use it any more.`, [], { direction: "lost" });
  if (old === undefined) return created(name, current);
  const differences = differencesOf(old, current);
  const clauses = differences.map(({ clause }) => clause).join("; ");
  const got = attributes.filter(({ field }) => current[field] && !old[field]);
  const lost = attributes.filter(({ field }) => !current[field] && old[field]);
  const direction = got.length > 0 && lost.length === 0 ? "gained" : lost.length > got.length ? "lost" : "changed";
  const effects = got.map((one) => powerOf(name, one));
  const gained = got.length > 0 && current.canLogIn ? [name] : [];
  const severity = worst(...differences.map((one) => one.severity));
  if (change !== "recreated")
    return judgement(severity, `Role ${name} changed: ${clauses}.`, effects, { direction, gained });
  const also = clauses === "" ? "" : `; ${clauses}`;
  return judgement(
    worst("high", severity),
    `Role ${name} was dropped and created again under the same name: what was granted to it before is gone, and what names it now means another role${also}.`,
    effects,
    { direction: "changed", gained },
  );
}

function created(name: string, role: RoleItem): Judgement {
  const held = attributes.filter(({ field }) => role[field]);
  const kind = role.canLogIn ? "Login role" : "Role";
  const identity = role.entra === null ? "" : ` for Entra ${role.entra.type} ${role.entra.objectId}`;
  const powers = held.length === 0 ? "" : `: it can ${held.map(({ power }) => power).join(", ")}`;
  const severity = worst(...held.map((one) => one.severity), role.entra?.admin === true ? "critical" : "low");
  const named = held.length === 0 ? "" : ` with ${held.map(({ keyword }) => keyword).join(", ")}`;
  return judgement(
    severity,
    `${kind} ${name} was created${identity}${named}${powers}.`,
    held.map((one) => powerOf(name, one)),
    { direction: "gained", gained: role.canLogIn ? [name] : [] },
  );
}

function powerOf(name: string, { keyword, power }: Attribute): string {
  return `${name} has ${keyword}: it can ${power}`;
}

function differencesOf(old: RoleItem, current: RoleItem): readonly Difference[] {
  const differences = [
    ...attributes.flatMap(({ field, keyword, severity, power }) => {
      if (old[field] === current[field]) return [];
      if (current[field]) return [{ severity, clause: `it got ${keyword} and can ${power} now` }];
      return [{ severity: "info" as const, clause: `it lost ${keyword}` }];
    }),
    ...entraDifferences(old, current),
    ...validityDifferences(old, current),
    ...plain("low", "INHERIT", old.inherit, current.inherit),
    ...plain("low", "its connection limit", old.connectionLimit, current.connectionLimit),
    ...plain("low", "its comment", old.comment, current.comment),
  ];
  if (differences.length > 0) return differences;
  return plain("low", "its security labels", old.labels.join(", "), current.labels.join(", "));
}

/** The object id is who the role is; its name is only what it is called. */
function entraDifferences({ entra: old }: RoleItem, { entra: current }: RoleItem): readonly Difference[] {
  if (current === null)
    return old === null ? [] : [{ severity: "medium", clause: `it is no longer mapped to Entra ${old.objectId}` }];
  const principal = `Entra ${current.type} ${current.objectId}`;
  if (old === null) return [{ severity: "critical", clause: `it stands for ${principal} now` }];
  const who =
    old.objectId === current.objectId && old.type === current.type
      ? []
      : [
          {
            severity: "critical" as const,
            clause: `it stands for ${principal} now, not for ${old.type} ${old.objectId}`,
          },
        ];
  const admin =
    old.admin === current.admin
      ? []
      : [
          current.admin
            ? { severity: "critical" as const, clause: "it is an Entra administrator now" }
            : { severity: "info" as const, clause: "it is no Entra administrator any more" },
        ];
  return [...who, ...admin, ...plain(old.mfa ? "medium" : "info", "its need of MFA", old.mfa, current.mfa)];
}

function validityDifferences({ validUntil: old }: RoleItem, { validUntil: current }: RoleItem): readonly Difference[] {
  if (old === current) return [];
  const isEndless = current === null || current === "infinity";
  const hadEnd = old !== null && old !== "infinity";
  const end = isEndless ? "has no end" : `ends at ${current}`;
  const before = hadEnd ? `it ended at ${old}` : "it had no end";
  return [{ severity: isEndless && hadEnd ? "high" : "low", clause: `its password's validity ${end}; ${before}` }];
}

function plain(severity: Severity, what: string, old: unknown, current: unknown): readonly Difference[] {
  return old === current ? [] : [{ severity, clause: `${what} changed from ${shown(old)} to ${shown(current)}` }];
}
