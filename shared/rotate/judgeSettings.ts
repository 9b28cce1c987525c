import type { Credential } from "../model/credential.ts";
import type { Remark } from "./tickReport.ts";

/** What preflight says: `faults` stand in the way, `remarks` do not. */
export interface Judgement {
  readonly faults: readonly Remark[];
  readonly remarks: readonly Remark[];
}

const setParameter = "az postgres flexible-server parameter set -g <group> -s <server>";

/**
 * Judges a server's settings for a rotation by SQL.
 *
 * @param settings by name; one that the server does not have is absent
 */
export function judgeSettings(
  settings: ReadonlyMap<string, string>,
  role: string,
  { validForMs, name }: Pick<Credential, "validForMs" | "name">,
): Judgement {
  const faults: Remark[] = [];
  if (settings.get("in_recovery") === "on")
    faults.push({
      code: "DATABASE_IN_RECOVERY",
      message: "The server is in recovery: a replica, or in the middle of a failover.",
      remedy: null,
    });
  const methods = settings.get("azure.accepted_password_auth_method");
  if (methods !== undefined && !listOf(methods).includes("scram-sha-256"))
    faults.push({
      code: "SCRAM_NOT_ACCEPTED",
      message: `The server accepts passwords by ${methods} only; pgwarden sends SCRAM-SHA-256 verifiers.`,
      remedy: `${setParameter} -n azure.accepted_password_auth_method -v md5,scram-sha-256`,
    });
  return { faults: [...faults, ...credcheckFaults(settings, role, validForMs, name)], remarks: logRemarks(settings) };
}

function credcheckFaults(
  settings: ReadonlyMap<string, string>,
  role: string,
  validForMs: number | null,
  credential: string,
): readonly Remark[] {
  if (listOf(settings.get("credcheck.whitelist") ?? "").includes(role.toLowerCase())) return [];
  const faults: Remark[] = [];
  if (settings.get("credcheck.encrypted_password_allowed") === "off")
    faults.push({
      code: "VERIFIER_REFUSED",
      message: "credcheck refuses verifiers, and pgwarden sends no password in clear.",
      remedy: `${setParameter} -n credcheck.encrypted_password_allowed -v on`,
    });
  const days = Number(settings.get("credcheck.password_valid_until") ?? 0);
  if (days > 0 && (validForMs === null || validForMs < days * 24 * 3600_000))
    faults.push({
      code: "DATABASE_REFUSED",
      message: `credcheck demands VALID UNTIL at least ${days} days ahead with each password.`,
      remedy: `Set validFor of credential ${credential} to more than ${days} days.`,
    });
  return faults;
}

/** Only verifiers are ever sent, so a logged statement gives no password away; still it belongs in no log. */
function logRemarks(settings: ReadonlyMap<string, string>): readonly Remark[] {
  const logged = settings.get("log_statement") ?? "none";
  const audited = listOf(settings.get("pgaudit.log") ?? "").filter((entry) => entry === "ddl" || entry === "all");
  const remarks: Remark[] = [];
  if (logged !== "none")
    remarks.push({
      code: "STATEMENTS_LOGGED",
      message: `log_statement is ${logged}: the log gets each new verifier.`,
      remedy: `${setParameter} -n log_statement -v none`,
    });
  if (audited.length > 0)
    remarks.push({
      code: "STATEMENTS_LOGGED",
      message: `pgaudit.log has ${audited.join(", ")}: the log gets each new verifier; its class role redacts it.`,
      remedy: `${setParameter} -n pgaudit.log -v role`,
    });
  return remarks;
}

function listOf(setting: string): readonly string[] {
  return setting.split(",").map((entry) => entry.trim().toLowerCase());
}
