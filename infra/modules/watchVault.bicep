// In the vault's resource group: a topic stands in the region of what it watches.

import { tagMap } from 'types.bicep'

param tags tagMap

@description('Name of the vault in this resource group.')
param vaultName string
param topicName string
param identityId string
param storageAccountId string
param queueName string

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

module topic 'systemTopic.bicep' = {
  name: topicName
  params: {
    location: vault.location
    tags: tags
    name: topicName
    source: vault.id
    topicType: 'Microsoft.KeyVault.vaults'
    eventTypes: ['Microsoft.KeyVault.SecretNearExpiry', 'Microsoft.KeyVault.SecretExpired']
    identityId: identityId
    storageAccountId: storageAccountId
    queueName: queueName
  }
}
