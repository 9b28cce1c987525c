import type { AzureState, ColumnType, IdentityState, VaultAction, VaultAssignment } from "./emulator/azureState.ts";
import { newAzureState } from "./emulator/newAzureState.ts";
import type { DiagnosticSettingBody } from "./emulator/armBodies.ts";
import type { Fleet } from "./fleet.ts";
import { logLines } from "./logLines.ts";

/** The emulator's state for a fleet; nothing of the fleet is shared with it. */
export function localState(
  fleet: Fleet,
  streams: Readonly<Record<string, Readonly<Record<string, ColumnType>>>>,
  now: Date,
): AzureState {
  const { tenantId, subscriptions, network, servers, identities, rotator, adminRotator, consumers } =
    structuredClone(fleet);
  const [own, ...others] = identities;
  const applications = (consumers ?? []).map(({ identity }) => identity);
  const state = newAzureState({
    tenantId,
    subscriptions,
    servers: servers.map(({ arm }) => arm),
    identities: [
      { ...own, systemAssigned: true },
      ...others,
      ...[rotator, adminRotator].filter(isIdentity),
      ...applications,
    ],
    streams,
  });
  state.vault.assignments = assignmentsOf(fleet);
  for (const server of servers) {
    const id = workspaceOf(server.arm.diagnosticSettings);
    if (id === undefined) continue;
    const known = state.workspaces.get(id) ?? { readers: [own.objectId], lines: [], rowLimit: 500_000 };
    state.workspaces.set(id, { ...known, lines: [...known.lines, ...logLines(server, now)] });
  }
  return { ...state, network, behaviour: { ...state.behaviour, enforceRateLimits: true } };
}

function isIdentity(identity: IdentityState | undefined): identity is IdentityState {
  return identity !== undefined;
}

const rotating: VaultAction[] = ["getSecret", "setSecret", "update", "readMetadata", "recover"];

/** Who deploys may do everything; the rotator what rotation needs, on the secrets of its credentials only. */
function assignmentsOf({ rotator, identities, credentials = [], consumers = [] }: Fleet): VaultAssignment[] | null {
  if (rotator === undefined) return null;
  const names = credentials.flatMap(({ secret: { name } }) => [name, `${name}--next`]);
  const assignments: VaultAssignment[] = [
    { clientId: rotator.clientId, actions: [...rotating], secrets: names },
    ...consumers.map(({ identity, secrets }): VaultAssignment => {
      return { clientId: identity.clientId, actions: ["getSecret"], secrets: [...secrets] };
    }),
  ];
  const deployer = identities.at(-1);
  if (deployer === undefined) return assignments;
  return [...assignments, { clientId: deployer.clientId, actions: [...rotating, "delete", "purge"], secrets: null }];
}

/** Lower-case id of the workspace that a server's log goes to. */
function workspaceOf(settings: readonly DiagnosticSettingBody[]): string | undefined {
  return settings.map(({ properties }) => properties.workspaceId?.toLowerCase()).find((id) => id !== undefined);
}
