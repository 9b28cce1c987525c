// In one management group: the scanner's role for every subscription below it. Deployed once by whoever may give roles
// there: az deployment mg create --management-group-id <id> --location <region> --template-file infra/managementGroup.bicep

targetScope = 'managementGroup'

import { uuid } from 'modules/types.bicep'

@description('As `name` of main.bicep.')
@minLength(2)
@maxLength(12)
param name string = 'pgwarden'

@description('Object id of the scanner: output PGWARDEN_SCANNER_OBJECT_ID.')
param scannerObjectId uuid

var declared = loadJsonContent('roles.json')
var installation = toLower(name)

resource role 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(managementGroup().id, installation, 'scanner')
  properties: {
    roleName: 'pgwarden scanner (${installation}, ${managementGroup().name})'
    description: declared.scanner.description
    type: 'CustomRole'
    permissions: [{ actions: declared.scanner.actions }]
    assignableScopes: [managementGroup().id]
  }
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(managementGroup().id, installation, 'scanner', scannerObjectId)
  properties: {
    roleDefinitionId: role.id
    principalId: scannerObjectId
    principalType: 'ServicePrincipal'
  }
}
