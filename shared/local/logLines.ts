import type { LogLineState } from "./emulator/azureState.ts";
import type { FleetServer } from "./fleet.ts";

const dayMs = 86_400_000;
/** How far back the local workspace reaches: beyond the 90 days after which a login counts as unused. */
const keptDays = 100;

/** What the exported log of a server holds of logins: those of the service each day, and those of the plan. */
export function logLines({ arm, lastLogins }: Pick<FleetServer, "arm" | "lastLogins">, now: Date): LogLineState[] {
  const resourceId = arm.body.id;
  function line(role: string, daysAgo: number): LogLineState {
    const at = new Date(now.getTime() - daysAgo * dayMs).toISOString();
    const prefix = `${at.slice(0, 19).replace("T", " ")} UTC-6aaae7b4.1dc3-LOG:  `;
    const message = `${prefix}connection authorized: user=${role} database=postgres SSL enabled (protocol=TLSv1.3, cipher=TLS_AES_256_GCM_SHA384, bits=256)`;
    return { at, resourceId, message };
  }
  return [
    ...Array.from({ length: keptDays }, (_, daysAgo) => line("azuresu", daysAgo)),
    ...lastLogins.map(({ role, daysAgo }) => line(role, daysAgo)),
  ];
}
