// In one subscription: the role that resets administrators' passwords. There is no finer action than the update of a
// whole server, so it is an identity of its own that nobody has who did not ask for it.

targetScope = 'subscription'

@description('Tells this installation\'s roles from those of others in the tenant.')
param installation string

@description('Object id of the admin-rotator.')
param principalId string

var declared = loadJsonContent('../roles.json')

resource role 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, installation, 'admin-rotator')
  properties: {
    roleName: 'pgwarden admin-rotator (${installation}, ${subscription().subscriptionId})'
    description: declared.adminRotator.description
    type: 'CustomRole'
    permissions: [{ actions: declared.adminRotator.actions }]
    assignableScopes: [subscription().id]
  }
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, installation, 'admin-rotator', principalId)
  properties: {
    roleDefinitionId: role.id
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}
