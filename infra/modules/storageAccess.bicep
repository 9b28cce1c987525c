// Who may do what in the storage account.

@description('Name of the account in this resource group.')
param accountName string

@description('Queue that Event Grid writes.')
param eventQueue string

@description('Object id of the identity that the app and its host are.')
param appPrincipalId string

@description('Object id of the identity that Event Grid delivers with; null: it delivers nothing.')
param eventsPrincipalId string?

// The host takes leases and keeps its keys and the state of timers in blobs, hence Owner; it writes its own faults to a
// table. The app needs no more than these.
var appRoles = {
  storageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  storageQueueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  storageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
}
var storageQueueDataMessageSender = 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: accountName

  resource queues 'queueServices' existing = {
    name: 'default'

    resource changed 'queues' existing = {
      name: eventQueue
    }
  }
}

resource app 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in items(appRoles): {
    scope: account
    name: guid(account.id, appPrincipalId, role.value)
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.value)
      principalId: appPrincipalId
      principalType: 'ServicePrincipal'
    }
  }
]

resource events 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (eventsPrincipalId != null) {
  scope: account::queues::changed
  name: guid(account::queues::changed.id, eventsPrincipalId ?? '', storageQueueDataMessageSender)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageQueueDataMessageSender)
    principalId: eventsPrincipalId ?? ''
    principalType: 'ServicePrincipal'
  }
}
