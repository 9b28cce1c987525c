// In one subscription: a role with exactly the actions that a scan reads, given to the scanner.

targetScope = 'subscription'

@description('Tells this installation\'s roles from those of others in the tenant.')
param installation string

@description('Object id of the scanner.')
param principalId string

// Made from shared/collect/rights.ts by infra/writeInfraJson.ts.
var declared = loadJsonContent('../roles.json')

resource role 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, installation, 'scanner')
  properties: {
    // The name of a custom role is one for the whole tenant.
    roleName: 'pgwarden scanner (${installation}, ${subscription().subscriptionId})'
    description: declared.scanner.description
    type: 'CustomRole'
    permissions: [{ actions: declared.scanner.actions }]
    assignableScopes: [subscription().id]
  }
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, installation, 'scanner', principalId)
  properties: {
    roleDefinitionId: role.id
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}
