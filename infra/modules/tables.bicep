// The tables of pgwarden in a workspace, new or not, and a function beside each that leaves repeated rows out.

@description('Name of the workspace in this resource group.')
param workspaceName string

@description('Days that rows can be queried.')
@minValue(4)
@maxValue(730)
param retentionInDays int

@description('Days that rows are kept in all, in the archive after the days above.')
@minValue(4)
@maxValue(4383)
param totalRetentionInDays int

// Made from shared/publish/tables.ts by infra/writeInfraJson.ts.
var declared = loadJsonContent('../tables.json')

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

resource table 'Microsoft.OperationalInsights/workspaces/tables@2025-07-01' = [
  for declaration in declared.tables: {
    parent: workspace
    name: declaration.name
    properties: {
      plan: 'Analytics'
      retentionInDays: retentionInDays
      totalRetentionInDays: max(totalRetentionInDays, retentionInDays)
      schema: {
        name: declaration.name
        description: declaration.description
        columns: declaration.columns
      }
    }
  }
]

// Delivery is at least once, and nothing but the RowId tells that two rows are the same one. Saved one after the other,
// whatever was there before: to others a workspace answers 409 now and then, because newer data exists
// (ssc-spc-ccoe-cei/azure-guardrails-solution-accelerator#61).
@batchSize(1)
resource withoutRepeats 'Microsoft.OperationalInsights/workspaces/savedSearches@2025-07-01' = [
  for (declaration, index) in declared.tables: {
    parent: workspace
    name: guid(workspace.id, declaration.function.name)
    etag: '*'
    properties: {
      category: 'pgwarden'
      displayName: declaration.function.name
      functionAlias: declaration.function.name
      query: declaration.function.query
      version: 2
    }
    dependsOn: [table[index]]
  }
]

// Read here for the modules that need it: what is delivered to a workspace must be declared in the workspace's region.
output location string = workspace.location
output id string = workspace.id
output tableNames string[] = [for (declaration, index) in declared.tables: table[index].name]
