// In the vault's subscription: what a rotation does to secrets. Given on one vault, in secretWriters.bicep.

targetScope = 'subscription'

@description('Tells this installation\'s roles from those of others in the tenant.')
param installation string

var declared = loadJsonContent('../roles.json')

resource role 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, installation, 'secret-writer')
  properties: {
    roleName: 'pgwarden secret writer (${installation}, ${subscription().subscriptionId})'
    description: declared.secretWriter.description
    type: 'CustomRole'
    permissions: [{ actions: [], dataActions: declared.secretWriter.dataActions }]
    assignableScopes: [subscription().id]
  }
}

output id string = role.id
