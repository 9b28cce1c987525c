import { readRoleFacts } from "./roleFacts.ts";
import { RotationError } from "./rotationError.ts";
import type { TickContext } from "./tickContext.ts";

/**
 * Why a refused login is not the password's fault. PostgreSQL says the same of a wrong password, a missing role and one
 * whose VALID UNTIL has passed.
 *
 * @returns null when it is the password's
 */
export async function loginFault(
  { credential, session, signal }: TickContext,
  role: string,
): Promise<RotationError | null> {
  if (session === null) return null;
  const [facts] = await readRoleFacts(session, [role], credential.database, signal);
  if (facts === undefined) {
    const remedy = `CREATE ROLE "${role}" LOGIN, with the rights that its applications need.`;
    return new RotationError(`There is no role ${role}.`, { code: "ROLE_MISSING", effect: "none", remedy });
  }
  if (!facts.expired) return null;
  const message = `VALID UNTIL of role ${role} has passed: ${facts.validUntil ?? "unknown"}.`;
  const remedy = `ALTER ROLE "${role}" VALID UNTIL 'infinity';`;
  return new RotationError(message, { code: "ROLE_EXPIRED", effect: "none", remedy });
}
