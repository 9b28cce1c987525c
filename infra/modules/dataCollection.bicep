// The rule that takes pgwarden's rows. The tables must be there before it: `tableNames` comes from their module.

import { identity, tagMap } from 'types.bicep'

@description('Region of the workspace: a rule can only deliver within its own region.')
param location string
param tags tagMap

@minLength(3)
@maxLength(64)
param name string

@minLength(3)
@maxLength(44)
param endpointName string
param workspaceId string

@description('Tables that exist, in the order of tables.json.')
param tableNames string[]

@description('Whether rows go through a data collection endpoint, which Azure Monitor Private Link can hold, and not over the rule\'s own address.')
param usePrivateLink bool

@description('Who may deliver; null: nobody is given the right here.')
param publisher identity?

var declared = loadJsonContent('../tables.json')
var destination = 'workspace'

resource endpoint 'Microsoft.Insights/dataCollectionEndpoints@2024-03-11' = if (usePrivateLink) {
  name: endpointName
  location: location
  tags: tags
  properties: { networkAcls: { publicNetworkAccess: 'Disabled' } }
}

resource rule 'Microsoft.Insights/dataCollectionRules@2024-03-11' = {
  name: name
  location: location
  tags: tags
  kind: 'Direct'
  properties: {
    description: 'Rows of pgwarden.'
    dataCollectionEndpointId: usePrivateLink ? endpoint.id : null
    streamDeclarations: toObject(declared.tables, table => table.stream.name, table => { columns: table.stream.columns })
    destinations: { logAnalytics: [{ name: destination, workspaceResourceId: workspaceId }] }
    dataFlows: [
      for (table, index) in declared.tables: {
        streams: [table.stream.name]
        destinations: [destination]
        transformKql: 'source'
        outputStream: 'Custom-${tableNames[index]}'
      }
    ]
  }
}

// What the rule refuses is told nowhere else: the caller has long had its 204.
resource refusals 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: rule
  name: 'pgwarden'
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'LogErrors', enabled: true }]
  }
}

var monitoringMetricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'

resource mayDeliver 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (publisher != null) {
  scope: rule
  name: guid(rule.id, publisher.?principalId ?? '', monitoringMetricsPublisher)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', monitoringMetricsPublisher)
    principalId: publisher.?principalId ?? ''
    principalType: 'ServicePrincipal'
  }
}

output ruleId string = rule.id
output immutableId string = rule.properties.immutableId
output endpoint string = usePrivateLink ? endpoint!.properties.logsIngestion.endpoint : rule.properties.endpoints.logsIngestion
