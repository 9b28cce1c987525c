import { tagMap } from 'types.bicep'

@description('Region.')
param location string
param tags tagMap

@minLength(4)
@maxLength(63)
param name string

@description('Days that tables without a retention of their own are kept.')
@minValue(30)
@maxValue(730)
param retentionInDays int

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionInDays
    features: {
      // Rows are read by who may read the workspace or the server they are about; no key opens it.
      enableLogAccessUsingOnlyResourcePermissions: true
      disableLocalAuth: true
    }
  }
}

output id string = workspace.id
