// The app's storage account: its package, state, audit log, queues and the host's own leases.

import { hostContainers, privateNetwork, tagMap, withPoison } from 'types.bicep'

@description('Region.')
param location string
param tags tagMap

@description('Name of the account.')
@minLength(3)
@maxLength(24)
param name string

@description('Redundancy of the account.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS', 'Standard_RAGRS', 'Standard_RAGZRS'])
param sku string

@description('Subnets and zones of private networking; null leaves the account reachable from the internet, for identities only.')
param network privateNetwork?

param stateContainer string
param auditContainer string
param deploymentContainer string

@description('Queues of the app; each gets one for poison messages.')
param queues string[]

@description('Days for which no line of the audit log can be changed or deleted, by anybody. Appending stays possible. Null: the policy that is there is left as it is.')
@minValue(1)
@maxValue(146000)
param auditImmutabilityDays int?

@description('Days after which history that nothing compares with any more is deleted: snapshots, runs, reports.')
@minValue(90)
@maxValue(36500)
param historyRetentionDays int

@description('Whether a lock keeps the account from being deleted.')
param lock bool

var isPrivate = network != null

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: { defaultAction: isPrivate ? 'Deny' : 'Allow', bypass: 'None' }
    supportsHttpsTrafficOnly: true
    encryption: {
      keySource: 'Microsoft.Storage'
      requireInfrastructureEncryption: true
      services: { blob: { enabled: true, keyType: 'Account' }, queue: { enabled: true, keyType: 'Account' } }
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: { enabled: true, days: 14 }
    containerDeleteRetentionPolicy: { enabled: true, days: 14 }
  }
}

resource state 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = {
  parent: blobs
  name: stateContainer
  properties: { publicAccess: 'None' }
}

resource deployment 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = {
  parent: blobs
  name: deploymentContainer
  properties: { publicAccess: 'None' }
}

// Made here and not by the host, so that its identity needs no right on the account (storageAccess.bicep).
resource host 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = [
  for name in hostContainers: {
    parent: blobs
    name: name
    properties: { publicAccess: 'None' }
  }
]

resource audit 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = {
  parent: blobs
  name: auditContainer
  properties: { publicAccess: 'None' }
}

// Made unlocked: locking cannot be undone, so a person does it once (docs/operations.md).
resource auditImmutability 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies@2025-06-01' = if (auditImmutabilityDays != null) {
  parent: audit
  name: 'default'
  properties: {
    immutabilityPeriodSinceCreationInDays: auditImmutabilityDays
    // The audit log grows at its end; everything before stays as it is.
    allowProtectedAppendWrites: true
  }
}

// Only what is history: the state of a server that is scanned is written anew in every run and never gets that old.
resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'history'
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: {
              blobTypes: ['blockBlob']
              prefixMatch: [for folder in ['snapshots', 'runs', 'reports']: '${stateContainer}/${folder}/']
            }
            actions: {
              baseBlob: {
                tierToCool: { daysAfterModificationGreaterThan: 30 }
                delete: { daysAfterModificationGreaterThan: historyRetentionDays }
              }
            }
          }
        }
      ]
    }
  }
  dependsOn: [blobs]
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2025-06-01' = {
  parent: account
  name: 'default'
}

resource queue 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-06-01' = [
  for name in withPoison(queues): {
    parent: queueService
    name: name
  }
]

resource deleteLock 'Microsoft.Authorization/locks@2020-05-01' = if (lock) {
  scope: account
  name: 'pgwarden-state'
  properties: {
    level: 'CanNotDelete'
    notes: 'Holds the audit log, baselines and snapshots of pgwarden.'
  }
}

module endpoint 'privateEndpoint.bicep' = [
  for service in [
    { group: 'blob', zoneId: network.?blobZoneId }
    { group: 'queue', zoneId: network.?queueZoneId }
    { group: 'table', zoneId: network.?tableZoneId }
  ]: if (isPrivate) {
    name: 'pgwarden-endpoint-${service.group}'
    params: {
      location: location
      tags: tags
      name: 'pe-${name}-${service.group}'
      resourceId: account.id
      group: service.group
      subnetId: network.?privateEndpointSubnetId ?? ''
      zoneId: service.zoneId
    }
  }
]

output id string = account.id
output name string = account.name
output blobEndpoint string = account.properties.primaryEndpoints.blob
output queueEndpoint string = account.properties.primaryEndpoints.queue
output tableEndpoint string = account.properties.primaryEndpoints.table
