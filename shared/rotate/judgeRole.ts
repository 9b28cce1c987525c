import type { Credential } from "../model/credential.ts";
import type { RoleFacts } from "./roleFacts.ts";
import type { Remark } from "./tickReport.ts";

/**
 * What keeps a role from being rotated.
 *
 * @param role undefined: there is none of this name
 */
export function judgeRole(
  role: RoleFacts | undefined,
  name: string,
  { database, validForMs, maxAgeMs }: Pick<Credential, "database" | "validForMs" | "maxAgeMs">,
  now: Date,
): readonly Remark[] {
  const quoted = `"${name.replaceAll('"', '""')}"`;
  if (role === undefined) {
    const remedy = `CREATE ROLE ${quoted} LOGIN, or correct the credential's roles in pgwarden.yaml.`;
    return [{ code: "ROLE_MISSING", message: `There is no role ${name}.`, remedy }];
  }
  const faults: Remark[] = [];

  function add(code: Remark["code"], message: string, remedy: string): void {
    faults.push({ code, message, remedy });
  }

  if (role.privileged)
    add(
      "ROLE_PRIVILEGED",
      `Role ${name} is superuser, may replicate or bypasses row security; pgwarden does not manage such roles.`,
      `ALTER ROLE ${quoted} NOSUPERUSER NOREPLICATION NOBYPASSRLS;`,
    );
  if (!role.canLogIn) add("ROLE_CANNOT_LOG_IN", `Role ${name} may not log in.`, `ALTER ROLE ${quoted} LOGIN;`);
  if (role.connectionLimit === 0)
    add(
      "ROLE_CANNOT_LOG_IN",
      `Role ${name} has a connection limit of 0; at least 1 is needed.`,
      `ALTER ROLE ${quoted} CONNECTION LIMIT -1;`,
    );
  if (!role.databaseExists)
    add("DATABASE_REFUSED", `There is no database ${database}.`, "Correct the credential's database in pgwarden.yaml.");
  else if (!role.mayConnect)
    add(
      "DATABASE_REFUSED",
      `Role ${name} may not connect to database ${database}.`,
      `GRANT CONNECT ON DATABASE "${database}" TO ${quoted};`,
    );
  const nextMs = now.getTime() + maxAgeMs;
  if (validForMs === null && role.validUntil !== null && (role.expired || Date.parse(role.validUntil) < nextMs))
    add(
      "ROLE_EXPIRED",
      `VALID UNTIL of role ${name} is ${role.validUntil}, before its next rotation.`,
      `ALTER ROLE ${quoted} VALID UNTIL 'infinity'; or set validFor of the credential.`,
    );
  if (validForMs !== null && validForMs < maxAgeMs)
    add(
      "ROLE_EXPIRED",
      `Role ${name} would expire ${validForMs} ms after a rotation and be rotated after ${maxAgeMs} ms.`,
      "Set validFor of the credential above its maxAge.",
    );
  return faults;
}

/** What to run when the rotator may not set a role's password. */
export function missingRight(name: string, rotator: string, major: number): Remark {
  const quoted = `"${name.replaceAll('"', '""')}"`;
  const grant =
    major >= 16
      ? `GRANT ${quoted} TO "${rotator}" WITH ADMIN TRUE, INHERIT FALSE, SET FALSE; ALTER ROLE "${rotator}" CREATEROLE;`
      : `ALTER ROLE "${rotator}" CREATEROLE;`;
  return {
    code: "RIGHT_MISSING",
    message: `${rotator} may not set the password of role ${name}.`,
    remedy: grant,
  };
}
