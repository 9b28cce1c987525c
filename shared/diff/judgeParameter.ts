import { booleanValue, listValue } from "../controls/parameterControl.ts";
import type { Severity } from "../model/server.ts";
import type { Change } from "./changes.ts";
import { kindOf, nameOf } from "./itemKey.ts";
import { type ParameterItem, parameterItem } from "./items.ts";
import { type Judgement, judgement, shown } from "./judgement.ts";

/** How a change of value is read: its severity, and what it now allows. */
interface Reading {
  readonly severity: Severity;
  readonly meaning?: string;
}

type Reader = (before: string | undefined, after: string | undefined) => Reading;

const protocols = ["tlsv1", "tlsv1.1", "tlsv1.2", "tlsv1.3"];

/** Empty means no limit. */
function rankOf(protocol: string | undefined, unlimited: number): number {
  const rank = protocols.indexOf((protocol ?? "").toLowerCase());
  return rank === -1 ? unlimited : rank;
}

/** A switch whose off, or whose absence, is the weaker state. */
function guard(severity: Severity, off: string, on: string): Reader {
  return (_before, after) =>
    after === undefined || booleanValue(after) === false
      ? { severity, meaning: off }
      : { severity: "info", meaning: on };
}

function always(severity: Severity, meaning?: string): Reader {
  return () => (meaning === undefined ? { severity } : { severity, meaning });
}

const readers: Readonly<Record<string, Reader>> = {
  require_secure_transport: guard(
    "critical",
    "connections without TLS are accepted now",
    "connections without TLS are refused now",
  ),
  ssl: guard("critical", "the server speaks no TLS now", "the server speaks TLS now"),
  ssl_min_protocol_version: (before, after) =>
    rankOf(after, 0) < rankOf(before, 0)
      ? { severity: "critical", meaning: `clients may negotiate ${after === undefined ? "any version" : after} now` }
      : { severity: "info", meaning: `clients must negotiate ${after ?? "any version"} or later now` },
  ssl_max_protocol_version: (before, after) =>
    rankOf(after, protocols.length) < rankOf(before, protocols.length)
      ? { severity: "high", meaning: `clients can negotiate no later version than ${after ?? ""} now` }
      : { severity: "info" },
  ssl_ciphers: always("medium"),
  password_encryption: (_before, after) =>
    after?.toLowerCase() === "scram-sha-256"
      ? { severity: "info" }
      : { severity: "high", meaning: "new passwords are stored as MD5 hashes now" },
  "azure.accepted_password_auth_method": (before, after) =>
    includes(after, "md5") && !includes(before, "md5")
      ? { severity: "high", meaning: "logins with MD5 passwords are accepted now" }
      : { severity: "low" },
  row_security: guard("high", "row security is not applied by default now", "row security is applied by default now"),
  session_replication_role: (_before, after) =>
    after === undefined || after === "origin"
      ? { severity: "info" }
      : { severity: "high", meaning: "triggers and foreign keys are not enforced by default now" },
  createrole_self_grant: (_before, after) =>
    after === undefined || after === ""
      ? { severity: "info" }
      : { severity: "medium", meaning: "who creates a role can use it at once now" },
  shared_preload_libraries: always("medium", "other libraries are loaded into every server process"),
  session_preload_libraries: always("medium", "other libraries are loaded into every session"),
  local_preload_libraries: always("medium", "other libraries are loaded into every session"),
  "azure.extensions": always("medium", "other extensions may be created"),
  "connection_throttle.enable": guard(
    "medium",
    "failed logins are not slowed down now",
    "failed logins are slowed down now",
  ),
  log_connections: guard("medium", "logins are not logged now", "logins are logged now"),
  log_disconnections: guard("medium", "ends of sessions are not logged now", "ends of sessions are logged now"),
  log_statement: (_before, after) =>
    after === undefined || after === "none"
      ? { severity: "medium", meaning: "no statements are logged now" }
      : { severity: "low" },
  "pgaudit.log": (_before, after) =>
    after === undefined || includes(after, "none")
      ? { severity: "medium", meaning: "no statements are audited now" }
      : { severity: "low" },
};

function includes(list: string | undefined, item: string): boolean {
  return list !== undefined && listValue(list).includes(item);
}

/** A server parameter in ARM, or a setting that PostgreSQL shows and ARM does not. */
export function judgeParameter({ key, before, after }: Change): Judgement {
  const [old, current] = [parameterItem(before), parameterItem(after)];
  const name = `${kindOf(key) === "setting" ? "Setting" : "Parameter"} ${nameOf(key)}`;
  if (old?.value === current?.value && old !== undefined && current !== undefined) return unmoved(name, old, current);
  const { severity, meaning } = (readers[nameOf(key)] ?? always("low"))(old?.value, current?.value);
  const restart = current?.pendingRestart === true ? ", once the server has restarted" : "";
  const consequence = meaning === undefined ? restart : `: ${meaning}${restart}`;
  return judgement(severity, `${name} ${moved(old, current)}${consequence}.`);
}

function moved(old: ParameterItem | undefined, current: ParameterItem | undefined): string {
  if (old === undefined) return `appeared with ${shown(current?.value)}`;
  if (current === undefined) return `is gone; it was ${shown(old.value)}`;
  return `changed from ${shown(old.value)} to ${shown(current.value)}`;
}

/** The value stayed: only how it came about, or whether it waits for a restart, is different. */
function unmoved(name: string, old: ParameterItem, current: ParameterItem): Judgement {
  const what =
    old.source === current.source
      ? current.pendingRestart === true
        ? "waits for a restart now"
        : "does not wait for a restart any more"
      : `comes from ${shown(current.source)} now, not from ${shown(old.source)}`;
  return judgement("info", `${name} is still ${shown(current.value)}; it ${what}.`);
}
