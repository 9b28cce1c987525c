// pgwarden in one resource group, with what it needs in the subscriptions that it scans.

targetScope = 'subscription'

import { privateNetwork, tagMap, uuid } from 'modules/types.bicep'

metadata name = 'pgwarden'
metadata description = 'Scans Azure Database for PostgreSQL flexible servers and rotates their passwords.'

// What and where.

@description('Short name of this installation: part of every resource\'s name. Two installations in one tenant differ in it.')
@minLength(2)
@maxLength(12)
param name string = 'pgwarden'

@description('Region of everything but an existing workspace\'s rule, which stands beside the workspace.')
@metadata({ azd: { type: 'location' } })
param location string

@description('Resource group, made if it is not there. In other subscriptions that are scanned, a group of this name holds the event topic.')
@minLength(1)
@maxLength(90)
param resourceGroupName string = 'rg-${name}'

@description('Tags of every resource.')
param tags tagMap = {}

@description('Name of the azd environment; empty without azd.')
@maxLength(64)
param environmentName string = ''

// What is scanned: the same as `scope` and `schedule` of pgwarden.yaml.

@description('Subscriptions whose servers are scanned: the scanner gets its role in each, and each tells of changes. Management groups: see managementGroup.bicep.')
param scannedSubscriptions uuid[] = [subscription().subscriptionId]

@description('When the fleet is scanned: six NCRONTAB fields, UTC.')
@minLength(9)
@maxLength(100)
param scanSchedule string = '0 0 */6 * * *'

@description('When rotations that are due begin: six NCRONTAB fields, UTC.')
@minLength(9)
@maxLength(100)
param rotateSchedule string = '0 10 * * * *'

@description('When open rotations are run forward and published secrets are proved: six NCRONTAB fields, UTC.')
@minLength(9)
@maxLength(100)
param recoverSchedule string = '0 */5 * * * *'

@description('Whether a change of a server starts a scan within minutes. Not with private networking: Event Grid cannot deliver to a storage account behind a firewall as an identity that a subscription\'s topic can have.')
param watchChanges bool = true

// The app.

@description('Major version of Node. First see that the region has it: az functionapp list-flexconsumption-runtimes --location <region> --runtime node')
@allowed(['22', '24'])
param nodeVersion string = '22'

@description('Memory of one instance in MB.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Instances at most; each holds a few connections to servers.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('What a deployment does to running executions: Recreate ends them (every step can be repeated), RollingUpdate lets them finish (preview).')
@allowed(['Recreate', 'RollingUpdate'])
param siteUpdateStrategy string = 'Recreate'

@description('The app registration that callers of the HTTP routes sign in to, made by infra/entra/registerApp.sh; null: a function key is all that is asked for.')
param authentication {
  @description('Application (client) id.')
  clientId: uuid

  @description('Tenant of the registration; the deployment\'s own by default.')
  tenantId: uuid?
}?

@description('Whether /api/health tells ok or not to callers without a sign-in.')
param anonymousHealth bool = false

@description('Whether the HTTP routes answer from the internet. Without it, publish the app into your network with a private endpoint of its own.')
param publicHttp bool = true

// Networking.

@description('none: identities are the lock, addresses are public. existing: subnets in `network`. new: a virtual network of its own, to be peered with that of the servers.')
@allowed(['none', 'existing', 'new'])
param networking string = 'none'

@description('Subnets and zones, where `networking` is existing.')
param network privateNetwork?

@description('Address range of a new network, at least a /25.')
@minLength(9)
@maxLength(18)
param newNetworkPrefix string = '10.90.0.0/25'

// State, secrets, results.

@description('Redundancy of the storage account.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS', 'Standard_RAGRS', 'Standard_RAGZRS'])
param storageSku string = 'Standard_ZRS'

@description('Container of runs, snapshots, baselines and spool: publish.state.container.')
@minLength(3)
@maxLength(63)
param stateContainer string = 'state'

@description('Container of the audit log: publish.audit.container.')
@minLength(3)
@maxLength(63)
param auditContainer string = 'audit'

@description('Days for which lines of the audit log cannot be changed or deleted.')
@minValue(1)
@maxValue(146000)
param auditImmutabilityDays int = 365

@description('Whether somebody has locked the policy of the audit log (docs/operations.md): a locked one takes no deployment, not even of what it says already.')
param auditLogIsLocked bool = false

@description('Days after which old snapshots, runs and reports are deleted.')
@minValue(90)
@maxValue(36500)
param historyRetentionDays int = 400

@description('Resource id of a vault to use, of any resource group and subscription; its access must be by roles (RBAC). Null: a new one.')
param existingKeyVaultId string?

@description('Resource id of a workspace to use, of any resource group, subscription and region. Null: a new one.')
param existingWorkspaceId string?

@description('Days that rows can be queried.')
@minValue(30)
@maxValue(730)
param retentionInDays int = 90

@description('Days that rows are kept in all, in the archive after the days above.')
@minValue(30)
@maxValue(4383)
param totalRetentionInDays int = 730

@description('Whether rows go through a data collection endpoint, to be put into your Azure Monitor Private Link Scope.')
param usePrivateLink bool = false

@description('Whether the scanner may query every table of the workspace, to find logins that nobody uses (control role-unused). For logs of servers in other workspaces: pgwarden doctor --print-grants.')
param readServerLogs bool = true

@description('Whether alert rules are made: infra/alerts.json, docs/alerts.md.')
param deployAlerts bool = true

@description('Resource ids of the action groups that alerts are told to. Without one they are only shown in Azure Monitor.')
@maxLength(5)
param actionGroupIds string[] = []

@description('Ids of alert rules that are switched off, such as drift.')
param disabledAlerts string[] = []

@description('Whether a lock keeps storage and a new vault from being deleted; remove it before an uninstall.')
param lockResources bool = false

// Identities and roles.

@description('Name of the scanner\'s identity: postgres.role of pgwarden.yaml.')
@minLength(3)
@maxLength(63)
param scannerName string = '${name}-scanner'

@description('Name of the rotator\'s identity, and so of its PostgreSQL role: postgres.rotatorRole of pgwarden.yaml.')
@minLength(3)
@maxLength(63)
param rotatorName string = '${name}-rotator'

@description('Whether there is an identity that resets the passwords of server administrators, which takes the right to update whole servers.')
param withAdminRotator bool = false

@description('Resource ids of identities that somebody else made.')
param existingIdentities {
  scanner: string?
  rotator: string?
  deployer: string?
  adminRotator: string?
  events: string?
} = {}

@description('Whether roles are made and given here, which takes Owner or Role Based Access Control Administrator. False: somebody else has done it for the existing identities (docs/operations.md).')
param assignRoles bool = true

var allTags = empty(environmentName) ? tags : union(tags, { 'azd-env-name': environmentName })
var allowedCharacters = 'abcdefghijklmnopqrstuvwxyz0123456789-'
var installation = empty(filter(range(0, length(name)), i => !contains(allowedCharacters, substring(toLower(name), i, 1))))
  ? toLower(name)
  : fail('name holds something other than letters, digits and hyphens.')
var suffix = take(uniqueString(subscription().id, resourceGroupName, installation), 6)
var changedQueue = 'server-changed'

func isResourceId(id string, type string) bool =>
  length(split(id, '/')) == 9 && contains(toLower(id), toLower('/providers/${type}/'))

// A deployment that cannot work ends here, before anything is made.
var isPrivate = networking != 'none'
var givenNetwork = networking == 'existing' && network == null
  ? fail('networking is existing, but network names no subnets.')
  : networking != 'existing' && network != null ? fail('network names subnets, but networking is not existing.') : network
var storageContainers = stateContainer == auditContainer
  ? fail('stateContainer and auditContainer are the same; the audit log needs a container of its own.')
  : { state: stateContainer, audit: auditContainer }
var existing = assignRoles || (existingIdentities.?scanner != null && existingIdentities.?rotator != null && existingIdentities.?deployer != null && (existingIdentities.?events != null || !deliversEvents))
  ? existingIdentities
  : fail('assignRoles is false: name the existing identities that hold the roles.')
var deliversEvents = watchChanges && !isPrivate

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: resourceGroupName
  location: location
  tags: allTags
}

module scanner 'modules/identity.bicep' = {
  name: 'pgwarden-scanner'
  scope: group
  params: { location: location, tags: allTags, name: scannerName, existingId: existing.?scanner }
}

module rotator 'modules/identity.bicep' = {
  name: 'pgwarden-rotator'
  scope: group
  params: { location: location, tags: allTags, name: rotatorName, existingId: existing.?rotator }
}

module deployer 'modules/identity.bicep' = {
  name: 'pgwarden-deployer'
  scope: group
  params: { location: location, tags: allTags, name: '${name}-deployer', existingId: existing.?deployer }
}

module adminRotator 'modules/identity.bicep' = if (withAdminRotator) {
  name: 'pgwarden-admin-rotator'
  scope: group
  params: { location: location, tags: allTags, name: '${name}-admin-rotator', existingId: existing.?adminRotator }
}

module events 'modules/identity.bicep' = if (deliversEvents) {
  name: 'pgwarden-events'
  scope: group
  params: { location: location, tags: allTags, name: '${name}-events', existingId: existing.?events }
}

module newNetwork 'modules/network.bicep' = if (networking == 'new') {
  name: 'pgwarden-network'
  scope: group
  params: { location: location, tags: allTags, name: 'vnet-${name}-${suffix}', addressPrefix: newNetworkPrefix }
}

var usedNetwork = networking == 'new' ? newNetwork!.outputs.network : givenNetwork

// Workspace, tables, rule.

module newWorkspace 'modules/workspace.bicep' = if (existingWorkspaceId == null) {
  name: 'pgwarden-workspace'
  scope: group
  params: {
    location: location
    tags: allTags
    name: 'log-${name}-${suffix}'
    retentionInDays: retentionInDays
  }
}

var newWorkspaceId = '${group.id}/providers/Microsoft.OperationalInsights/workspaces/log-${name}-${suffix}'
var workspaceId = isResourceId(existingWorkspaceId ?? newWorkspaceId, 'Microsoft.OperationalInsights/workspaces')
  ? existingWorkspaceId ?? newWorkspaceId
  : fail('existingWorkspaceId is no resource id of a workspace.')

module tables 'modules/tables.bicep' = {
  name: 'pgwarden-tables'
  scope: resourceGroup(split(workspaceId, '/')[2], split(workspaceId, '/')[4])
  params: {
    workspaceName: last(split(workspaceId, '/'))
    retentionInDays: retentionInDays
    totalRetentionInDays: totalRetentionInDays
  }
  dependsOn: [newWorkspace]
}

module savedFunctions 'modules/savedFunctions.bicep' = {
  name: 'pgwarden-saved-functions'
  scope: resourceGroup(split(workspaceId, '/')[2], split(workspaceId, '/')[4])
  params: { workspaceName: last(split(workspaceId, '/')) }
  dependsOn: [tables]
}

module alerts 'modules/alerts.bicep' = if (deployAlerts) {
  name: 'pgwarden-alerts'
  scope: group
  params: {
    location: tables.outputs.location
    tags: allTags
    name: name
    workspaceId: tables.outputs.id
    actionGroupIds: actionGroupIds
    disabledAlerts: disabledAlerts
  }
  dependsOn: [savedFunctions]
}

module workbook 'modules/workbook.bicep' = {
  name: 'pgwarden-workbook'
  scope: group
  params: { location: location, tags: allTags, displayName: name, workspaceId: tables.outputs.id }
  dependsOn: [savedFunctions]
}

module dataCollection 'modules/dataCollection.bicep' = {
  name: 'pgwarden-data-collection'
  scope: group
  params: {
    location: tables.outputs.location
    tags: allTags
    name: 'dcr-${name}-${suffix}'
    endpointName: 'dce-${name}-${suffix}'
    workspaceId: tables.outputs.id
    tableNames: tables.outputs.tableNames
    usePrivateLink: usePrivateLink
    publisher: assignRoles ? scanner.outputs.identity : null
  }
}

module logReader 'modules/logReader.bicep' = if (assignRoles && readServerLogs) {
  name: 'pgwarden-log-reader'
  scope: resourceGroup(split(workspaceId, '/')[2], split(workspaceId, '/')[4])
  params: { workspaceName: last(split(workspaceId, '/')), principalId: scanner.outputs.identity.principalId }
  dependsOn: [newWorkspace]
}

// State and secrets.

var storageName = take('st${replace(installation, '-', '')}${suffix}', 24)
var deploymentContainer = 'deployment'
var queues = ['scan-server', changedQueue, 'rotate-credential']

module storage 'modules/storage.bicep' = {
  name: 'pgwarden-storage'
  scope: group
  params: {
    location: location
    tags: allTags
    name: storageName
    sku: storageSku
    network: usedNetwork
    stateContainer: storageContainers.state
    auditContainer: storageContainers.audit
    deploymentContainer: deploymentContainer
    queues: queues
    auditImmutabilityDays: auditLogIsLocked ? null : auditImmutabilityDays
    historyRetentionDays: historyRetentionDays
    lock: lockResources
  }
}

module storageAccess 'modules/storageAccess.bicep' = if (assignRoles) {
  name: 'pgwarden-storage-access'
  scope: group
  params: {
    accountName: storage.outputs.name
    stateContainer: storageContainers.state
    auditContainer: storageContainers.audit
    deploymentContainer: deploymentContainer
    queues: queues
    eventQueue: changedQueue
    appPrincipalId: scanner.outputs.identity.principalId
    deployerPrincipalId: deployer.outputs.identity.principalId
    eventsPrincipalId: deliversEvents ? events!.outputs.identity.principalId : null
  }
}

var newVaultName = take('kv-${name}-${suffix}', 24)
var newVaultId = '${group.id}/providers/Microsoft.KeyVault/vaults/${newVaultName}'

module newVault 'modules/keyVault.bicep' = if (existingKeyVaultId == null) {
  name: 'pgwarden-vault'
  scope: group
  params: {
    location: location
    tags: allTags
    name: newVaultName
    network: usedNetwork
    lock: lockResources
    workspaceId: tables.outputs.id
  }
}

var vaultId = isResourceId(existingKeyVaultId ?? newVaultId, 'Microsoft.KeyVault/vaults')
  ? existingKeyVaultId ?? newVaultId
  : fail('existingKeyVaultId is no resource id of a vault.')

module secretWriterRole 'modules/secretWriterRole.bicep' = if (assignRoles) {
  name: 'pgwarden-secret-writer-${suffix}'
  scope: subscription(split(vaultId, '/')[2])
  params: { installation: installation }
}

module secretWriters 'modules/secretWriters.bicep' = if (assignRoles) {
  name: 'pgwarden-secret-writers'
  scope: resourceGroup(split(vaultId, '/')[2], split(vaultId, '/')[4])
  params: {
    vaultName: last(split(vaultId, '/'))
    roleId: secretWriterRole!.outputs.id
    principalIds: [rotator.outputs.identity.principalId]
  }
  dependsOn: [newVault]
}

// What is scanned.

module scannerRole 'modules/scannerRole.bicep' = [
  for id in scannedSubscriptions: if (assignRoles) {
    name: 'pgwarden-scanner-role-${suffix}'
    scope: subscription(id)
    params: { installation: installation, principalId: scanner.outputs.identity.principalId }
  }
]

module adminRotatorRole 'modules/adminRotatorRole.bicep' = [
  for id in scannedSubscriptions: if (assignRoles && withAdminRotator) {
    name: 'pgwarden-admin-rotator-role-${suffix}'
    scope: subscription(id)
    params: { installation: installation, principalId: adminRotator!.outputs.identity.principalId }
  }
]

module watch 'modules/watchSubscription.bicep' = [
  for id in scannedSubscriptions: if (deliversEvents) {
    name: 'pgwarden-watch-${suffix}'
    scope: subscription(id)
    params: {
      location: location
      tags: allTags
      resourceGroupName: resourceGroupName
      topicName: 'evgt-${name}-${suffix}'
      identityId: events!.outputs.identity.id
      storageAccountId: storage.outputs.id
      queueName: changedQueue
    }
    dependsOn: [storageAccess]
  }
]

// A hint that a secret nears its end; the timer of the rotation finds it without.
module watchVault 'modules/watchVault.bicep' = if (deliversEvents) {
  name: 'pgwarden-watch-vault'
  scope: resourceGroup(split(vaultId, '/')[2], split(vaultId, '/')[4])
  params: {
    tags: allTags
    vaultName: last(split(vaultId, '/'))
    topicName: 'evgt-${name}-vault-${suffix}'
    identityId: events!.outputs.identity.id
    storageAccountId: storage.outputs.id
    queueName: changedQueue
  }
  dependsOn: [newVault, storageAccess]
}

// The app.

module functionApp 'modules/functionApp.bicep' = {
  name: 'pgwarden-function-app'
  scope: group
  params: {
    location: location
    tags: allTags
    name: 'func-${name}-${suffix}'
    azdServiceName: 'app'
    nodeVersion: nodeVersion
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    siteUpdateStrategy: siteUpdateStrategy
    scanner: scanner.outputs.identity
    rotator: rotator.outputs.identity
    adminRotator: withAdminRotator ? adminRotator!.outputs.identity : null
    deployer: deployer.outputs.identity
    storage: {
      blobEndpoint: storage.outputs.blobEndpoint
      queueEndpoint: storage.outputs.queueEndpoint
      tableEndpoint: storage.outputs.tableEndpoint
      deploymentContainer: deploymentContainer
    }
    ingestion: { endpoint: dataCollection.outputs.endpoint, ruleId: dataCollection.outputs.immutableId }
    workspaceId: tables.outputs.id
    schedules: { scan: scanSchedule, rotate: rotateSchedule, recover: recoverSchedule }
    network: usedNetwork
    publicNetworkAccess: publicHttp ? 'Enabled' : 'Disabled'
    authentication: authentication
    anonymousHealth: anonymousHealth
    assignRoles: assignRoles
  }
  // The app must not start before it may read its package and write its state.
  dependsOn: [storageAccess]
}

output AZURE_LOCATION string = location
output AZURE_RESOURCE_GROUP string = group.name
output PGWARDEN_APP_NAME string = functionApp.outputs.name
output PGWARDEN_HOST string = functionApp.outputs.hostName
output PGWARDEN_SCANNER_NAME string = scanner.outputs.identity.name
output PGWARDEN_SCANNER_OBJECT_ID string = scanner.outputs.identity.principalId
output PGWARDEN_ROTATOR_NAME string = rotator.outputs.identity.name
output PGWARDEN_ROTATOR_OBJECT_ID string = rotator.outputs.identity.principalId
output PGWARDEN_STORAGE_ACCOUNT string = storage.outputs.name
output PGWARDEN_VAULT_ID string = vaultId
output PGWARDEN_WORKSPACE_ID string = tables.outputs.id
output PGWARDEN_INGESTION_ENDPOINT string = dataCollection.outputs.endpoint
output PGWARDEN_INGESTION_RULE string = dataCollection.outputs.immutableId
