// One user-assigned identity: made here, or one that somebody else made.

import { identity, tagMap } from 'types.bicep'

@description('Region.')
param location string
param tags tagMap

@description('Name of the identity, where it is made here.')
@minLength(3)
@maxLength(128)
param name string

@description('Resource id of an identity to use instead; of any resource group and subscription of the tenant.')
param existingId string?

resource made 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = if (existingId == null) {
  name: name
  location: location
  tags: tags
}

var id = existingId ?? made.id

resource used 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: last(split(id, '/'))
  scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
}

output identity identity = {
  id: id
  clientId: used.properties.clientId
  principalId: used.properties.principalId
  name: used.name
}
