// A vault for the secrets that pgwarden rotates.

import { privateNetwork, tagMap } from 'types.bicep'

@description('Region.')
param location string
param tags tagMap

@minLength(3)
@maxLength(24)
param name string

@description('Subnets and zones of private networking; null leaves the vault reachable from the internet, for identities only.')
param network privateNetwork?

@description('Whether a lock keeps the vault from being deleted.')
param lock bool

@description('Workspace that gets the vault\'s audit events: who read which secret.')
param workspaceId string

var isPrivate = network != null

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: { defaultAction: isPrivate ? 'Deny' : 'Allow', bypass: 'None' }
  }
}

resource auditEvents 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: vault
  name: 'pgwarden'
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'audit', enabled: true }]
  }
}

resource deleteLock 'Microsoft.Authorization/locks@2020-05-01' = if (lock) {
  scope: vault
  name: 'pgwarden-secrets'
  properties: {
    level: 'CanNotDelete'
    notes: 'Holds the database passwords that pgwarden rotates.'
  }
}

module endpoint 'privateEndpoint.bicep' = if (isPrivate) {
  name: 'pgwarden-endpoint-vault'
  params: {
    location: location
    tags: tags
    name: 'pe-${name}'
    resourceId: vault.id
    group: 'vault'
    subnetId: network.?privateEndpointSubnetId ?? ''
    zoneId: network.?vaultZoneId
  }
}

output id string = vault.id
output location string = vault.location
