import * as v from "valibot";
import type { Severity } from "../model/server.ts";
import type { Change } from "./changes.ts";
import { nameOf, namesOf } from "./itemKey.ts";
import { type Judgement, judgement, shown } from "./judgement.ts";

// Everything around the server that ARM tells, and settings of roles: one small judgement each.

const Administrator = v.object({ principalName: v.string(), principalType: v.string() });
const Connection = v.object({ status: v.string() });
const Diagnostic = v.object({ enabled: v.array(v.string()) });
const SecurityRule = v.object({ direction: v.string(), access: v.string(), sources: v.array(v.string()) });
const Protection = v.object({ state: v.string() });
const Network = v.object({ securityGroupId: v.nullable(v.string()) });

function as<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> | undefined {
  const parsed = v.safeParse(schema, value);
  return parsed.success ? parsed.output : undefined;
}

export function judgeEntraAdministrator({ key, before, after }: Change): Judgement {
  const [old, current] = [as(Administrator, before), as(Administrator, after)];
  if (current === undefined)
    return judgement("info", `Entra administrator ${old?.principalName ?? nameOf(key)} was removed.`, [], {
      direction: "lost",
    });
  const who = `Entra ${current.principalType} ${current.principalName} (${nameOf(key)})`;
  if (old === undefined)
    return judgement(
      "critical",
      `${who} was made an administrator: it reaches azure_pg_admin now.`,
      [`login ${current.principalName} can now become azure_pg_admin`],
      { direction: "gained", gained: [current.principalName] },
    );
  const severity = old.principalType === current.principalType ? "low" : "critical";
  return judgement(
    severity,
    `${who} was the ${old.principalType} ${old.principalName} before; it is an administrator.`,
  );
}

export function judgePrivateEndpoint(change: Change): Judgement {
  const [old, current] = [as(Connection, change.before), as(Connection, change.after)];
  const name = `Private endpoint connection ${nameOf(change.key)}`;
  if (current === undefined) return judgement("low", `${name} was removed: its network no longer reaches the server.`);
  const isOpen = current.status === "Approved";
  const allows = isOpen ? "its network reaches the server now" : "its network does not reach the server";
  return judgement(
    isOpen ? "medium" : "low",
    `${name} ${old === undefined ? "was added" : "changed"} and is ${current.status}: ${allows}.`,
  );
}

export function judgeThreatProtection({ key, before, after }: Change): Judgement {
  const [old, current] = [as(Protection, before)?.state ?? null, as(Protection, after)?.state ?? null];
  const isOn = current === "Enabled";
  return judgement(
    isOn ? "info" : "medium",
    `Threat protection ${nameOf(key)} changed from ${shown(old)} to ${shown(current)}: attacks ${isOn ? "are" : "are not"} reported now.`,
  );
}

export function judgeDiagnosticSetting({ key, before, after }: Change): Judgement {
  const name = `Diagnostic setting ${nameOf(key)}`;
  const [old, current] = [as(Diagnostic, before)?.enabled ?? [], as(Diagnostic, after)?.enabled ?? []];
  if (after === null) return judgement("medium", `${name} was removed: its logs are no longer sent.`);
  if (before === null) return judgement("low", `${name} was added: it sends ${current.join(", ") || "nothing"}.`);
  const lost = old.filter((category) => !current.includes(category));
  if (lost.length > 0) return judgement("medium", `${name} no longer sends ${lost.join(", ")}.`);
  const gained = current.filter((category) => !old.includes(category));
  if (gained.length > 0) return judgement("low", `${name} now sends ${gained.join(", ")} too.`);
  return judgement("medium", `${name} sends its logs to another place now.`);
}

export function judgeReplica({ key, change }: Change): Judgement {
  const name = `Read replica ${nameOf(key).split("/").at(-1) ?? ""}`;
  if (change === "added") return judgement("medium", `${name} was added: it holds a copy of all data.`);
  return change === "removed"
    ? judgement("info", `${name} was removed or promoted.`)
    : judgement("low", `${name} changed its place or role.`);
}

export function judgeDelegatedNetwork({ before, after }: Change): Judgement {
  const [old, current] = [as(Network, before)?.securityGroupId ?? null, as(Network, after)?.securityGroupId ?? null];
  if (old === current) return judgement("medium", "The delegated subnet changed its addresses or delegations.");
  const allows = current === null ? "no rule restricts who reaches the server now" : "other rules hold now";
  return judgement(
    "high",
    `The network security group of the delegated subnet changed from ${shown(old)} to ${shown(current)}: ${allows}.`,
  );
}

const everyone: ReadonlySet<string> = new Set(["*", "any", "internet", "0.0.0.0/0", "::/0"]);

export function judgeSecurityRule({ key, change, before, after }: Change): Judgement {
  const [old, current] = [as(SecurityRule, before), as(SecurityRule, after)];
  const message = `Security rule ${nameOf(key)} of the delegated subnet was ${change}: ${ruleText(old)} before, ${ruleText(current)} now.`;
  const isOpening = current?.direction === "Inbound" && current.access === "Allow";
  const isUnguarding = old?.direction === "Inbound" && old.access === "Deny";
  if (!isOpening && !isUnguarding) return judgement("low", message);
  const isWide = isUnguarding || current?.sources.some((source) => everyone.has(source.toLowerCase())) === true;
  return judgement(isWide ? "high" : "medium", message);
}

function ruleText(rule: v.InferOutput<typeof SecurityRule> | undefined): string {
  if (rule === undefined) return "nothing";
  return `${rule.access} ${rule.direction} from ${rule.sources.join(", ") || "security groups"}`;
}

export function judgePrivateDnsZone({ change }: Change): Judgement {
  return judgement("low", `The private DNS zone or its links were ${change}: other networks find the server by name.`);
}

export function judgePasswordType({ key, before, after }: Change): Judgement {
  const name = nameOf(key);
  if (after === null) return judgement("info", `The password type of role ${name} is not listed any more.`);
  const severity: Severity = after === "md5" ? "medium" : before === "none" ? "medium" : "low";
  const allows = after === "md5" ? ": its hash can be replayed" : before === "none" ? ": it has a password now" : "";
  return judgement(severity, `The password of role ${name} changed from ${shown(before)} to ${shown(after)}${allows}.`);
}

/** Settings that change what a role's statements mean or see. */
const risky: ReadonlySet<string> = new Set(["row_security", "search_path", "session_replication_role", "role"]);

export function judgeRoleSetting({ key, before, after }: Change): Judgement {
  const [role = "", database = "", setting = ""] = namesOf(key);
  const who = role === "*" ? "every role" : `role ${role}`;
  const where = database === "*" ? "" : ` in database ${database}`;
  const what = `Setting ${setting} of ${who}${where} changed from ${shown(before)} to ${shown(after)}`;
  if (after === null) return judgement(risky.has(setting) ? "low" : "info", `${what}.`);
  return risky.has(setting)
    ? judgement("high", `${what}: new sessions start with it, whatever the statement expects.`)
    : judgement("low", `${what}.`);
}
