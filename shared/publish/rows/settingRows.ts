import type { Parameter } from "../../model/armEvidence.ts";
import type { Setting } from "../../model/catalogEvidence.ts";
import type { Posture } from "../../model/posture.ts";
import type { Section } from "../../model/section.ts";
import type { TableRow } from "../tables.ts";
import { makeRow, type RowContext } from "./row.ts";

/** Told of even at their default: encryption in transit, authentication, row security, logging. */
const watched: ReadonlySet<string> = new Set([
  "require_secure_transport",
  "ssl",
  "ssl_min_protocol_version",
  "ssl_max_protocol_version",
  "ssl_ciphers",
  "password_encryption",
  "azure.accepted_password_auth_method",
  "connection_throttle.enable",
  "authentication_timeout",
  "row_security",
  "session_replication_role",
  "createrole_self_grant",
  "shared_preload_libraries",
  "azure.extensions",
  "log_connections",
  "log_disconnections",
  "log_statement",
  "pgaudit.log",
  "max_connections",
]);

/** One row per parameter that is watched, set by someone, or waits for a restart: configured and effective side by side. */
export function settingRows(posture: Posture, context: RowContext): readonly TableRow<"PgWardenSetting_CL">[] {
  const parameters = byName(posture.sections.parameters);
  const settings = byName(posture.sections.settings);
  const names = new Set([...parameters.keys(), ...settings.keys()]);
  return [...names].sort().flatMap((name) => {
    const parameter = parameters.get(name);
    const setting = settings.get(name);
    if (!isTold(name, parameter, setting)) return [];
    return [
      makeRow("PgWardenSetting_CL", context, name, {
        SettingName: name,
        Configured: parameter?.value ?? null,
        Effective: setting?.value ?? null,
        DefaultValue: parameter?.defaultValue ?? null,
        ConfiguredSource: parameter?.source ?? null,
        EffectiveSource: setting?.source ?? null,
        Unit: setting?.unit ?? parameter?.unit ?? null,
        PendingRestart: setting?.pendingRestart ?? parameter?.pendingRestart ?? null,
      }),
    ];
  });
}

function isTold(name: string, parameter: Parameter | undefined, setting: Setting | undefined): boolean {
  if (watched.has(name) || parameter?.source === "user-override") return true;
  return parameter?.pendingRestart === true || setting?.pendingRestart === true;
}

function byName<T extends { readonly name: string }>(section: Section<T>): ReadonlyMap<string, T> {
  return new Map(section.state === "collected" ? section.items.map((item) => [item.name, item]) : []);
}
