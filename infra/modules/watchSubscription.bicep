// In one scanned subscription: tells the app when a server or something below it is written. A system topic stands in
// the subscription that it watches, in a resource group of ours.

targetScope = 'subscription'

import { tagMap } from 'types.bicep'

@description('Region of the resource group; the topic itself has none.')
param location string
param tags tagMap
param resourceGroupName string
param topicName string

@description('Resource id of the identity that delivers.')
param identityId string

@description('Resource id of the storage account with the queue.')
param storageAccountId string
param queueName string

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: resourceGroupName
  location: location
  tags: tags
}

module topic 'systemTopic.bicep' = {
  name: topicName
  scope: group
  params: {
    // A topic about a subscription has no region.
    location: 'global'
    tags: tags
    name: topicName
    source: subscription().id
    topicType: 'Microsoft.Resources.Subscriptions'
    eventTypes: [
      'Microsoft.Resources.ResourceWriteSuccess'
      'Microsoft.Resources.ResourceDeleteSuccess'
      'Microsoft.Resources.ResourceActionSuccess'
    ]
    operationPrefix: 'Microsoft.DBforPostgreSQL/flexibleServers'
    identityId: identityId
    storageAccountId: storageAccountId
    queueName: queueName
  }
}
