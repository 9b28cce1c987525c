import type { Credential, CredentialServer } from "../model/credential.ts";
import { planRotation, type RotationPlan } from "../rotate/planRotation.ts";
import type { Wiring } from "../wiring.ts";

/** What the preflight of a rotation says of the rotator's rights. */
export interface CredentialRights {
  readonly credential: Credential;
  /** Null: it was not found. */
  readonly server: CredentialServer | null;
  readonly plan: Pick<RotationPlan, "faults" | "hindered">;
}

/**
 * Runs the preflight of every credential on these servers; nothing is changed. Whether a vault takes writes only a
 * rotation shows.
 *
 * @param servers names
 */
export async function credentialRights(
  servers: readonly string[],
  wiring: Wiring,
  signal: AbortSignal,
): Promise<readonly CredentialRights[]> {
  const names = new Set(servers.map((name) => name.toLowerCase()));
  const credentials = wiring.ports.config.credentials.filter(({ server }) => names.has(server));
  if (credentials.length === 0) return [];
  const ports = await wiring.rotation();
  const rights: CredentialRights[] = [];
  for (const credential of credentials) {
    const found = await ports.findServer(credential, false, signal);
    if (found.state !== "found") {
      const faults = [{ code: "SERVER_MISSING" as const, message: found.why, remedy: null }];
      rights.push({ credential, server: null, plan: { faults, hindered: true } });
      continue;
    }
    const request = { credential, server: found.server, wish: "rotateNow" as const };
    rights.push({ credential, server: found.server, plan: await planRotation(request, ports.rotation, signal) });
  }
  return rights;
}

/** Whether it lacks something that no waiting brings. */
export function lacksRight({ plan }: CredentialRights): boolean {
  return plan.hindered && plan.faults.some(({ code }) => code !== "STALE_CONSUMER" && code !== "STATEMENTS_LOGGED");
}

/** One block per credential, as for servers. */
export function credentialRightsText(rights: readonly CredentialRights[]): string {
  return rights
    .map((one) => {
      const { credential, plan } = one;
      const lines = plan.faults.flatMap(({ code, message, remedy }) => [
        `${lacksRight(one) ? "missing " : "told    "} ${code}: ${message}`,
        ...(remedy === null ? [] : [`           ${remedy}`]),
      ]);
      const all = ["held     everything that its rotation needs before a write"];
      return [
        `credential ${credential.name} on ${credential.server}`,
        ...(lines.length === 0 ? all : lines).map((line) => `  ${line}`),
      ].join("\n");
    })
    .join("\n\n");
}
