// In the vault's resource group: who may write its secrets.

@description('Name of the vault in this resource group.')
param vaultName string

@description('Role of secretWriterRole.bicep.')
param roleId string

@description('Object ids of the rotating identities.')
param principalIds string[]

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for principalId in principalIds: {
    scope: vault
    name: guid(vault.id, roleId, principalId)
    properties: {
      roleDefinitionId: roleId
      principalId: principalId
      principalType: 'ServicePrincipal'
    }
  }
]
