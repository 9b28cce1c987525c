import { tagMap } from 'types.bicep'

@description('Region.')
param location string
param tags tagMap
param name string

@description('Resource id of what the endpoint leads to.')
param resourceId string

@description('The part of it, such as blob or vault.')
param group string
param subnetId string

@description('Zone that gets the record; null where a policy writes it.')
param zoneId string?

resource endpoint 'Microsoft.Network/privateEndpoints@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      { name: group, properties: { privateLinkServiceId: resourceId, groupIds: [group] } }
    ]
  }

  resource records 'privateDnsZoneGroups' = if (zoneId != null) {
    name: 'default'
    properties: { privateDnsZoneConfigs: [{ name: group, properties: { privateDnsZoneId: zoneId } }] }
  }
}
