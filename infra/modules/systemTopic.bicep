// Events of one source into the queue `server-changed`, delivered by a managed identity.

import { tagMap } from 'types.bicep'

@description('Region of the source; global for a subscription.')
param location string
param tags tagMap

@minLength(3)
@maxLength(50)
param name string

@description('Resource id of what is watched.')
param source string
param topicType string
param eventTypes string[]

@description('Only events whose operation begins so; null: all.')
param operationPrefix string?
param identityId string
param storageAccountId string
param queueName string

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: name
  location: location
  tags: tags
  // One that is made beforehand: a topic about a subscription cannot have an identity of its own.
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: { source: source, topicType: topicType }
}

resource delivery 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: queueName
  properties: {
    eventDeliverySchema: 'CloudEventSchemaV1_0'
    filter: {
      includedEventTypes: eventTypes
      advancedFilters: operationPrefix == null
        ? []
        : [{ operatorType: 'StringBeginsWith', key: 'data.operationName', values: [operationPrefix ?? ''] }]
    }
    deliveryWithResourceIdentity: {
      identity: { type: 'UserAssigned', userAssignedIdentity: identityId }
      destination: {
        endpointType: 'StorageQueue'
        properties: { resourceId: storageAccountId, queueName: queueName }
      }
    }
    // No dead letters: an event only makes a scan earlier; the next scheduled one sees the same change.
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 360 }
  }
}
