// Saved functions that answer from several tables or give the newest state. Those of single tables are in tables.bicep.

@description('Name of the workspace in this resource group. The functions of its tables must be there.')
param workspaceName string

@description('What infra/functions.json says of one function.')
@sealed()
type savedFunction = {
  name: string
  displayName: string

  @description('As in a declaration: name:type, with a default if there is one; empty for none.')
  parameters: string
}

var functions savedFunction[] = loadJsonContent('../functions.json')

var queries = {
  PgWardenCurrentServer: loadTextContent('../queries/functions/PgWardenCurrentServer.kql')
  PgWardenCurrentRole: loadTextContent('../queries/functions/PgWardenCurrentRole.kql')
  PgWardenOpenFinding: loadTextContent('../queries/functions/PgWardenOpenFinding.kql')
  PgWardenDriftSince: loadTextContent('../queries/functions/PgWardenDriftSince.kql')
  PgWardenCredential: loadTextContent('../queries/functions/PgWardenCredential.kql')
  ASimAuditEventPgWarden: loadTextContent('../queries/functions/ASimAuditEventPgWarden.kql')
}

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

// One after the other, whatever was there before: tables.bicep says why.
@batchSize(1)
resource saved 'Microsoft.OperationalInsights/workspaces/savedSearches@2025-07-01' = [
  for declared in functions: {
    parent: workspace
    name: guid(workspace.id, declared.name)
    etag: '*'
    properties: {
      category: 'pgwarden'
      displayName: declared.displayName
      functionAlias: declared.name
      functionParameters: declared.parameters
      query: queries[declared.name]
      version: 2
    }
  }
]
