// In a workspace's resource group: who may query its tables, for logins in the exported log of servers.

@description('Name of the workspace in this resource group.')
param workspaceName string

@description('Object id of the scanner.')
param principalId string

var logAnalyticsDataReader = '3b03c2da-16b3-4a49-8834-0f8130efdd3b'

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

resource mayQuery 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: workspace
  name: guid(workspace.id, principalId, logAnalyticsDataReader)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', logAnalyticsDataReader)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}
