import type { AdministeredServer } from "./ports.ts";
import { RotationError } from "./rotationError.ts";
import type { TickContext } from "./tickContext.ts";
import type { Remark } from "./tickReport.ts";

/** What keeps an administrator's password from being changed now. */
export function administratorFaults(
  { state, passwordAuthentication, replicationRole, administratorLogin }: AdministeredServer,
  expectedLogin: string,
): readonly Remark[] {
  const faults: Remark[] = [];
  if (!passwordAuthentication)
    faults.push({
      code: "PASSWORD_AUTHENTICATION_OFF",
      message: "Password authentication is off: Azure would report success and change nothing.",
      remedy: "az postgres flexible-server update -g <group> -n <server> --password-auth Enabled",
    });
  if (replicationRole !== "None" && replicationRole !== "Primary")
    faults.push({
      code: "ARM_REFUSED",
      message: `The server is a replica (${replicationRole}); its administrator is changed on the primary.`,
      remedy: "Name the primary as the credential's server in pgwarden.yaml.",
    });
  if (administratorLogin !== expectedLogin)
    faults.push({
      code: "CREDENTIAL_CHANGED",
      message: `The server's administrator is ${administratorLogin}, not ${expectedLogin}.`,
      remedy: null,
    });
  if (state !== "Ready")
    faults.push({ code: "ARM_BUSY", message: `The server is ${state}; it has to be Ready.`, remedy: null });
  return faults;
}

/** @throws RotationError for the first thing that stands in the way */
export async function readyAdministrator({ ports, server, signal }: TickContext): Promise<void> {
  const facts = await ports.administration.read(server.id, signal);
  const [fault] = administratorFaults(facts, server.administratorLogin);
  if (fault === undefined) return;
  throw new RotationError(fault.message, { code: fault.code, effect: "none", remedy: fault.remedy });
}
