import { X509Certificate } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { HostOverride } from "../model/config.ts";
import type { Fleet } from "./fleet.ts";

export interface LocalEndpoints {
  readonly arm: string;
  readonly ingestionRuleId: string;
  readonly blob: string;
  readonly queue: string;
  readonly identityEndpoint: string;
  readonly identityHeader: string;
  /** By fully qualified name. */
  readonly hosts: Readonly<Record<string, HostOverride>>;
  /** PEM. */
  readonly ca: string;
}

/** Writes `pgwarden.yaml` and `ca.pem` into the directory. @returns every variable that pgwarden reads */
export async function makeEnvironment(
  fleet: Fleet,
  endpoints: LocalEndpoints,
  directory: string,
): Promise<Readonly<Record<string, string>>> {
  const [configPath, caPath] = [join(directory, "pgwarden.yaml"), join(directory, "ca.pem")];
  await writeFile(configPath, stringify(configuration(fleet, endpoints)));
  await writeFile(caPath, endpoints.ca);
  return {
    PGWARDEN_CONFIG: configPath,
    PGWARDEN_CA_FILE: caPath,
    PGWARDEN_ARM_ENDPOINT: endpoints.arm,
    PGWARDEN_LOGS_ENDPOINT: endpoints.arm,
    PGWARDEN_HOSTS: JSON.stringify(endpoints.hosts),
    AzureWebJobsStorage__blobServiceUri: endpoints.blob,
    AzureWebJobsStorage__queueServiceUri: endpoints.queue,
    IDENTITY_ENDPOINT: endpoints.identityEndpoint,
    IDENTITY_HEADER: endpoints.identityHeader,
    AZURE_CLIENT_ID: fleet.identities[0].clientId,
    ...(fleet.rotator !== undefined && { PGWARDEN_ROTATOR_CLIENT_ID: fleet.rotator.clientId }),
    ...(fleet.adminRotator !== undefined && { PGWARDEN_ADMIN_ROTATOR_CLIENT_ID: fleet.adminRotator.clientId }),
  };
}

function configuration(fleet: Fleet, { arm, ingestionRuleId, ca }: LocalEndpoints) {
  const { subscriptions, identities, rotator, policy, credentials } = fleet;
  const { fingerprint256 } = new X509Certificate(ca);
  return {
    scope: { subscriptions: subscriptions.map(({ subscriptionId }) => subscriptionId) },
    postgres: { role: identities[0].name, ...(rotator !== undefined && { rotatorRole: rotator.name }) },
    policy: { ...policy, tls: { trustedRoots: [fingerprint256], ...(policy["tls"] ?? {}) } },
    publish: { logAnalytics: { endpoint: arm, ruleId: ingestionRuleId } },
    // Key Vault has the emulator's one address, as everything else has.
    ...(credentials !== undefined && {
      credentials: credentials.map((entry) => ({ ...entry, secret: { ...entry.secret, vault: arm } })),
    }),
  };
}
