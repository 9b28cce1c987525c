// The workbook: infra/workbook/pgwarden.json says how it looks, infra/queries/workbook asks.

import { tagMap } from 'types.bicep'

@description('Region.')
param location string
param tags tagMap

@minLength(1)
@maxLength(64)
param displayName string

@description('Workspace that holds the tables and saved functions.')
param workspaceId string

var template = loadJsonContent('../workbook/pgwarden.json')

// By the name of the item that shows the answer.
var queries = {
  administrators: loadTextContent('../queries/workbook/administrators.kql')
  baselineDrift: loadTextContent('../queries/workbook/baselineDrift.kql')
  credentials: loadTextContent('../queries/workbook/credentials.kql')
  driftDetails: loadTextContent('../queries/workbook/driftDetails.kql')
  driftTimeline: loadTextContent('../queries/workbook/driftTimeline.kql')
  findingDetails: loadTextContent('../queries/workbook/findingDetails.kql')
  fleetOverview: loadTextContent('../queries/workbook/fleetOverview.kql')
  gaps: loadTextContent('../queries/workbook/gaps.kql')
  openFindings: loadTextContent('../queries/workbook/openFindings.kql')
  runHealth: loadTextContent('../queries/workbook/runHealth.kql')
  worstServers: loadTextContent('../queries/workbook/worstServers.kql')
}
var servers = loadTextContent('../queries/workbook/servers.kql')

var parameterItems = 9
var questions = 3
var items = map(
  template.items,
  item => item.type == questions
    ? union(item, { content: { query: queries[item.name] } })
    : item.type == parameterItems
        ? union(item, {
            content: {
              parameters: map(
                item.content.parameters,
                parameter => parameter.name == 'Server' ? union(parameter, { query: servers }) : parameter
              )
            }
          })
        : item
)

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'pgwarden-workbook', displayName)
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: displayName
    category: 'workbook'
    sourceId: workspaceId
    version: template.version
    serializedData: string(union(template, { items: items, fallbackResourceIds: [workspaceId] }))
  }
}

output id string = workbook.id
