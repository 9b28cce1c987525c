// Who may do what in the storage account.

import { hostContainers, withPoison } from 'types.bicep'

@description('Name of the account in this resource group.')
param accountName string

param stateContainer string
param auditContainer string
param deploymentContainer string

@description('Queues of the app, without those for poison messages.')
param queues string[]

@description('Queue that Event Grid writes.')
param eventQueue string

@description('Object id of the identity that the app and its host are.')
param appPrincipalId string

@description('Object id of the identity that the platform stores and reads the app\'s package with.')
param deployerPrincipalId string

@description('Object id of the identity that Event Grid delivers with; null: it delivers nothing.')
param eventsPrincipalId string?

var storageBlobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
var storageBlobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var storageQueueDataContributor = '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
var storageQueueDataMessageSender = 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'
var storageTableDataContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'

var declared = loadJsonContent('../roles.json')

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: accountName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource host 'containers' existing = [for name in hostContainers: { name: name }]

    resource state 'containers' existing = {
      name: stateContainer
    }

    resource audit 'containers' existing = {
      name: auditContainer
    }

    resource deployment 'containers' existing = {
      name: deploymentContainer
    }
  }

  resource queueService 'queueServices' existing = {
    name: 'default'

    resource used 'queues' existing = [for name in withPoison(queues): { name: name }]

    resource changed 'queues' existing = {
      name: eventQueue
    }
  }
}

// The host takes leases, and keeps the state of timers and its keys: Storage Blob Data Owner, says its documentation
// (Functions, "Connecting to host storage with an identity"), which asks for it on the account since the host makes its
// containers where they are missing. They are there, and asking again needs no more than this role on each.
resource hostState 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, index) in hostContainers: {
    scope: account::blobs::host[index]
    name: guid(account.id, name, appPrincipalId, storageBlobDataOwner)
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataOwner)
      principalId: appPrincipalId
      principalType: 'ServicePrincipal'
    }
  }
]

// The host's health check lists containers, every 30 seconds (Azure/azure-functions-host, WebJobsStorageHealthCheck).
// That is an operation of the account.
resource containerLister 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(account.id, 'container-lister')
  properties: {
    roleName: 'pgwarden container lister (${accountName})'
    description: declared.containerLister.description
    type: 'CustomRole'
    permissions: [{ actions: declared.containerLister.actions }]
    assignableScopes: [resourceGroup().id]
  }
}

resource mayListContainers 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account
  name: guid(account.id, appPrincipalId, 'container-lister')
  properties: {
    roleDefinitionId: containerLister.id
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

// The host writes its own faults to a table of each month (AzureFunctionsDiagnosticEvents202611), which it makes then:
// none of them can be made beforehand, and a role on the account is the smallest one.
resource hostFaults 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account
  name: guid(account.id, appPrincipalId, storageTableDataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageTableDataContributor)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

// Triggers take messages and put poison away, the app and the host's own scaling count them, runs send them.
resource mayUseQueue 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, index) in withPoison(queues): {
    scope: account::queueService::used[index]
    name: guid(account.id, name, appPrincipalId, storageQueueDataContributor)
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageQueueDataContributor)
      principalId: appPrincipalId
      principalType: 'ServicePrincipal'
    }
  }
]

resource mayWriteState 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account::blobs::state
  name: guid(account.id, stateContainer, appPrincipalId, storageBlobDataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataContributor)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

// The audit log grows at its end: whoever may only add can neither replace nor delete a blob, nor the policy of the
// container, locked or not. Put Blob takes add where there is none yet, Append Block always.
resource auditAppender 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(account.id, 'audit-appender')
  properties: {
    roleName: 'pgwarden audit appender (${accountName})'
    description: declared.auditAppender.description
    type: 'CustomRole'
    permissions: [{ actions: [], dataActions: declared.auditAppender.dataActions }]
    assignableScopes: [resourceGroup().id]
  }
}

resource mayAppendAudit 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account::blobs::audit
  name: guid(account.id, auditContainer, appPrincipalId, 'audit-appender')
  properties: {
    roleDefinitionId: auditAppender.id
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

// A deployment hands the package to the platform, which stores it as this identity and later reads it as such: Storage
// Blob Data Contributor (Functions, "Flex Consumption", deployment settings). Nothing that runs signs in as it.
resource mayStorePackage 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account::blobs::deployment
  name: guid(account.id, deploymentContainer, deployerPrincipalId, storageBlobDataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataContributor)
    principalId: deployerPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource events 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (eventsPrincipalId != null) {
  scope: account::queueService::changed
  name: guid(account::queueService::changed.id, eventsPrincipalId ?? '', storageQueueDataMessageSender)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageQueueDataMessageSender)
    principalId: eventsPrincipalId ?? ''
    principalType: 'ServicePrincipal'
  }
}
