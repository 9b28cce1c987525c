using 'main.bicep'

// What azd deploys. Everything that is commented out shows its default or an example; main.bicep describes each.

var configuration = loadYamlContent('pgwarden.yaml')

param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', '')
// param name = 'pgwarden'
// param resourceGroupName = 'rg-pgwarden'
// param tags = { owner: 'platform-security' }

// From pgwarden.yaml, so that roles and events always fit what the app scans.
param scannedSubscriptions = configuration.scope.?subscriptions ?? []
param scanSchedule = configuration.?schedule.?scan ?? '0 0 */6 * * *'
param rotateSchedule = configuration.?schedule.?rotate ?? '0 10 * * * *'
param recoverSchedule = configuration.?schedule.?recover ?? '0 */5 * * * *'
param scannerName = configuration.?postgres.?role ?? 'pgwarden-scanner'
param rotatorName = configuration.?postgres.?rotatorRole ?? 'pgwarden-rotator'
param stateContainer = configuration.?publish.?state.?container ?? 'state'
param auditContainer = configuration.?publish.?audit.?container ?? 'audit'

// '24' once `az functionapp list-flexconsumption-runtimes --location <region> --runtime node` shows it.
// param nodeVersion = '22'

// param instanceMemoryMB = 2048
// param maximumInstanceCount = 40
// param siteUpdateStrategy = 'Recreate'

// The app registration that infra/entra/registerApp.sh made; without it a function key is all that HTTP asks for.
// param authentication = { clientId: '<application id>' }
// param anonymousHealth = false
// param publicHttp = true

// Private networking. Changes are then found by the next scheduled scan: Event Grid cannot deliver into it.
// param watchChanges = true
// param networking = 'existing'
// param network = {
//   integrationSubnetId: '<resource id, delegated to Microsoft.App/environments>'
//   privateEndpointSubnetId: '<resource id>'
// }
// param newNetworkPrefix = '10.90.0.0/25'
// param usePrivateLink = false

// Existing resources, of any resource group and subscription.
// param existingWorkspaceId = '<resource id>'
// param existingKeyVaultId = '<resource id>'

// param storageSku = 'Standard_ZRS'
// param auditImmutabilityDays = 365
// param auditLogIsLocked = false
// param historyRetentionDays = 400
// param retentionInDays = 90
// param totalRetentionInDays = 730
// param readServerLogs = true
// param lockResources = false

// Whom alerts are told to (docs/alerts.md).
// param deployAlerts = true
// param actionGroupIds = ['<resource id of an action group>']
// param disabledAlerts = ['drift']

// The only identity with the right to update servers, for credentials of strategy `admin`.
// param withAdminRotator = false

// Where whoever deploys may not give roles.
// param assignRoles = false
// param existingIdentities = { scanner: '<resource id>', rotator: '<resource id>', deployer: '<resource id>', events: '<resource id>' }
