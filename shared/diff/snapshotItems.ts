import { subjectOf } from "../controls/control.ts";
import { booleanValue, listValue } from "../controls/parameterControl.ts";
import type { ServerFacts } from "../model/armEvidence.ts";
import type { SnapshotPartName } from "../model/drift.ts";
import type { SectionItem } from "../model/section.ts";
import { aclKey } from "./aclKey.ts";
import { byCodeUnit } from "./canonical.ts";

type Entry = readonly [key: string, value: unknown];

/**
 * Parameters and settings that the platform moves without anyone's decision: minor versions, the wiring of replication
 * and backup, sizes computed at start, paths. They would be drift on every maintenance or failover.
 */
const movesByItself: ReadonlySet<string> = new Set([
  "server_version",
  "server_version_num",
  "in_hot_standby",
  "transaction_isolation",
  "transaction_read_only",
  "transaction_deferrable",
  "application_name",
  "primary_conninfo",
  "primary_slot_name",
  "synchronous_standby_names",
  "cluster_name",
  "archive_command",
  "restore_command",
  "shared_memory_size",
  "shared_memory_size_in_huge_pages",
  "num_os_semaphores",
  "config_file",
  "data_directory",
  "external_pid_file",
  "hba_file",
  "ident_file",
]);

/** What a snapshot keeps of the server itself, one item per property: its state and minor version move by themselves. */
const serverProperties = [
  "location",
  "version",
  "fqdn",
  "administratorLogin",
  "skuName",
  "skuTier",
  "entraAuthentication",
  "passwordAuthentication",
  "tenantId",
  "publicNetworkAccess",
  "delegatedSubnetId",
  "privateDnsZoneId",
  "encryptionType",
  "encryptionKeyUri",
  "encryptionKeyStatus",
  "backupRetentionDays",
  "geoRedundantBackup",
  "highAvailabilityMode",
  "replicationRole",
  "sourceServerId",
] as const satisfies readonly (keyof ServerFacts)[];

/** Properties that hold an ARM id: the service does not keep their case. */
const armIds: ReadonlySet<string> = new Set(["delegatedSubnetId", "privateDnsZoneId", "sourceServerId"]);

/** Memberships are put together by the snapshot: several grantors make one. */
export type SnapshotItems = {
  readonly [P in Exclude<SnapshotPartName, "memberships">]: (item: SectionItem[P]) => readonly Entry[];
};

/** How one item of each section stands in a snapshot. */
export const snapshotItems: SnapshotItems = {
  server: (facts) =>
    serverProperties.map((name) => {
      const value = facts[name];
      return [subjectOf("server", name), typeof value === "string" && armIds.has(name) ? value.toLowerCase() : value];
    }),

  firewallRules: ({ name, first, last }) => [[subjectOf("firewallRule", name), { first, last }]],

  parameters: ({ name, value, dataType, source, pendingRestart }) =>
    movesByItself.has(name)
      ? []
      : [[subjectOf("parameter", name), { value: parameterValue(value, dataType), source, pendingRestart }]],

  entraAdministrators: ({ objectId, principalName, principalType, tenantId }) => [
    [subjectOf("entraAdministrator", objectId.toLowerCase()), { principalName, principalType, tenantId }],
  ],

  privateEndpointConnections: ({ name, privateEndpointId, status, groupIds }) => [
    [
      subjectOf("privateEndpointConnection", name),
      { privateEndpointId: lower(privateEndpointId), status, groupIds: sorted(groupIds) },
    ],
  ],

  threatProtection: ({ name, state }) => [[subjectOf("threatProtection", name), { state }]],

  diagnosticSettings: ({ name, workspaceId, storageAccountId, eventHubName, categories }) => [
    [
      subjectOf("diagnosticSetting", name),
      {
        workspaceId: lower(workspaceId),
        storageAccountId: lower(storageAccountId),
        eventHubName,
        enabled: sorted(categories.filter(({ enabled }) => enabled).map(({ category }) => category)),
      },
    ],
  ],

  replicas: ({ id, location, role }) => [[subjectOf("replica", id.toLowerCase()), { location, role }]],

  delegatedNetwork: ({ subnetId, addressPrefixes, delegations, securityGroupId, securityRules }) => [
    [
      "delegatedNetwork",
      {
        subnetId: subnetId.toLowerCase(),
        addressPrefixes: sorted(addressPrefixes),
        delegations: sorted(delegations),
        securityGroupId: lower(securityGroupId),
      },
    ],
    ...securityRules.map((rule): Entry => {
      const { name, sources, sourceApplicationSecurityGroups, destinations, destinationPorts, ...scalars } = rule;
      return [
        subjectOf("securityRule", name),
        {
          ...scalars,
          sources: sorted(sources),
          sourceApplicationSecurityGroups: sorted(sourceApplicationSecurityGroups),
          destinations: sorted(destinations),
          destinationPorts: sorted(destinationPorts),
        },
      ];
    }),
  ],

  privateDnsZone: ({ zoneId, linkedNetworkIds }) => [
    [subjectOf("privateDnsZone", zoneId.toLowerCase()), { linkedNetworkIds: sorted(linkedNetworkIds) }],
  ],

  settings: ({ name, value, unit, source, pendingRestart }) =>
    movesByItself.has(name) ? [] : [[subjectOf("setting", name), { value, unit, source, pendingRestart }]],

  // The OID is evidence: it stands beside the parts.
  roles: ({ name, labels, ...attributes }) => [
    [subjectOf("role", name), { ...attributes, oid: undefined, labels: sorted(labels) }],
  ],

  passwordTypes: ({ role, type }) => [[subjectOf("passwordType", role), type]],

  roleSettings: ({ role, database, name, value }) => [
    [subjectOf(within(within("roleSetting", role), database), name), value],
  ],

  // Whether we may connect, or want to, is not the server's.
  databases: ({ name, owner, allowsConnections, template }) => [
    [subjectOf("database", name), { owner, allowsConnections, template }],
  ],

  // Groups of one key are put together by the snapshot.
  sharedAcls: (group) => [[aclKey(group), group.objects]],

  subscriptions: ({ database, name, owner, enabled, publications, passwordRequired, runAsOwner }) => [
    [
      subjectOf("subscription", database, name),
      { owner, enabled, publications: sorted(publications), passwordRequired, runAsOwner },
    ],
  ],
};

/** One form of values that mean the same, as `sameValue` compares them: `ON` is `on`, a list has no order. */
function parameterValue(value: string, dataType: string): string {
  const truth = booleanValue(value);
  if (dataType.toLowerCase() === "boolean" && truth !== undefined) return truth ? "on" : "off";
  return dataType.toLowerCase() === "set" ? listValue(value).join() : value;
}

/** `*` is everyone and everywhere; a role or database of that name, which PostgreSQL allows, is `%2A`. */
function within(key: string, name: string | null): string {
  if (name === null) return `${key}/*`;
  return name === "*" ? `${key}/%2A` : subjectOf(key, name);
}

function sorted(values: readonly string[]): readonly string[] {
  return values.toSorted(byCodeUnit);
}

function lower(id: string | null): string | null {
  return id === null ? null : id.toLowerCase();
}
