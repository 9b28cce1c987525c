// Types that several files share.

@description('An Entra or Azure id: 32 hexadecimal digits in five groups.')
@minLength(36)
@maxLength(36)
@export()
type uuid = string

@description('Tags of every resource.')
@export()
type tagMap = {
  *: string
}

@description('What a module that gives roles needs to know of an identity.')
@export()
@sealed()
type identity = {
  @description('Resource id.')
  id: string

  @description('Application (client) id: what a token is asked for.')
  clientId: string

  @description('Object id of the service principal: what roles are given to.')
  principalId: string

  @description('Name, and so the name of its PostgreSQL role.')
  name: string
}

@description('Containers that the Functions host keeps its leases, the state of timers and its keys in.')
@export()
var hostContainers = ['azure-webjobs-hosts', 'azure-webjobs-secrets']

@description('The queues, each with the one that the host puts poison messages in.')
@export()
func withPoison(queues string[]) string[] => flatten(map(queues, name => [name, '${name}-poison']))

@description('The subnets and zones of private networking. All of one virtual network that reaches the servers.')
@export()
@sealed()
type privateNetwork = {
  @description('Resource id of a subnet that is delegated to Microsoft.App/environments and has at least 64 addresses; its name has no underscore.')
  integrationSubnetId: string

  @description('Resource id of the subnet that holds private endpoints.')
  privateEndpointSubnetId: string

  @description('Resource id of the zone privatelink.blob.<storage suffix>. Leave out where a policy writes the records.')
  blobZoneId: string?

  @description('Resource id of the zone privatelink.queue.<storage suffix>.')
  queueZoneId: string?

  @description('Resource id of the zone privatelink.table.<storage suffix>.')
  tableZoneId: string?

  @description('Resource id of the zone privatelink.vaultcore.azure.net.')
  vaultZoneId: string?
}
