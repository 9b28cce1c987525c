// The app on Flex Consumption, its telemetry and its sign-in.

import { identity, privateNetwork, tagMap, uuid } from 'types.bicep'

@description('Region.')
param location string
param tags tagMap

@description('Name of the app, and so the first part of its address.')
@minLength(2)
@maxLength(32) // the host's own id is the first 32 characters; two apps that share them steal each other's timers
param name string

@description('Tag that tells azd which service is deployed here.')
param azdServiceName string

@description('Major version of Node. A version that the region does not have breaks the app at its start, and nothing refuses it before.')
@allowed(['22', '24'])
param nodeVersion string

@description('Memory of one instance in MB.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int

@description('Instances at most.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int

@description('What a deployment does to running executions: Recreate ends them, RollingUpdate lets them finish (preview).')
@allowed(['Recreate', 'RollingUpdate'])
param siteUpdateStrategy string

@description('Who the app is: it signs in to everything as the scanner unless it rotates.')
param scanner identity

@description('Who the app is when it rotates.')
param rotator identity

@description('Who the app is when it resets the password of a server\'s administrator; null: it does not.')
param adminRotator identity?

@description('As whom the platform stores and reads the app\'s package; the app itself never signs in as it.')
param deployer identity

param storage {
  blobEndpoint: string
  queueEndpoint: string
  tableEndpoint: string
  deploymentContainer: string
}

@description('Where rows go: address and immutable id of the data collection rule.')
param ingestion {
  endpoint: string
  ruleId: string
}

param workspaceId string

@description('NCRONTAB schedules of the timers, in UTC: the host reads them before any file.')
param schedules { scan: string, rotate: string, recover: string }

@description('Subnets of private networking; null: the app goes out to the internet.')
param network privateNetwork?

@description('Whether the app answers from the internet.')
param publicNetworkAccess 'Enabled' | 'Disabled'

@description('The app registration that callers sign in to (infra/entra); null: a function key is all that HTTP asks for.')
param authentication {
  clientId: uuid
  tenantId: uuid?
}?

@description('Whether /api/health tells its status without a sign-in. The other routes then refuse by themselves, and not the platform for them.')
param anonymousHealth bool

@description('Whether the roles that the app needs on its telemetry are given here.')
param assignRoles bool

// environment() does not know the queries of Log Analytics. Elsewhere the app keeps its own default.
var logsEndpoints = {
  AzureCloud: 'https://api.loganalytics.azure.com'
  AzureUSGovernment: 'https://api.loganalytics.us'
  AzureChinaCloud: 'https://api.loganalytics.azure.cn'
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-${name}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspaceId
    DisableLocalAuth: true
  }
}

var monitoringMetricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'

resource maySendTelemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (assignRoles) {
  scope: insights
  name: guid(insights.id, scanner.principalId, monitoringMetricsPublisher)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', monitoringMetricsPublisher)
    principalId: scanner.principalId
    principalType: 'ServicePrincipal'
  }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': azdServiceName })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: toObject(
      concat([scanner.id, rotator.id, deployer.id], adminRotator == null ? [] : [adminRotator.?id ?? '']),
      id => id,
      id => {}
    )
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    publicNetworkAccess: publicNetworkAccess
    virtualNetworkSubnetId: network.?integrationSubnetId
    vnetRouteAllEnabled: network == null ? null : true
    // A union, since the compiler's types do not know siteUpdateStrategy yet.
    functionAppConfig: union(
      {
        deployment: {
          storage: {
            type: 'blobContainer'
            value: '${storage.blobEndpoint}${storage.deploymentContainer}'
            authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: deployer.id }
          }
        }
        runtime: { name: 'node', version: nodeVersion }
        scaleAndConcurrency: { instanceMemoryMB: instanceMemoryMB, maximumInstanceCount: maximumInstanceCount }
      },
      { siteUpdateStrategy: { type: siteUpdateStrategy } }
    )
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      // The one list of settings. test/infra/appSettings.test.ts compares it with what the app reads.
      appSettings: [
        { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: insights.properties.ConnectionString }
        { name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING', value: 'ClientId=${scanner.clientId};Authorization=AAD' }
        { name: 'AzureWebJobsStorage__blobServiceUri', value: storage.blobEndpoint }
        { name: 'AzureWebJobsStorage__queueServiceUri', value: storage.queueEndpoint }
        { name: 'AzureWebJobsStorage__tableServiceUri', value: storage.tableEndpoint }
        { name: 'AzureWebJobsStorage__credential', value: 'managedidentity' }
        { name: 'AzureWebJobsStorage__clientId', value: scanner.clientId }
        { name: 'AZURE_CLIENT_ID', value: scanner.clientId }
        { name: 'PGWARDEN_ARM_ENDPOINT', value: environment().resourceManager }
        { name: 'PGWARDEN_CONFIG', value: '/home/site/wwwroot/pgwarden.yaml' }
        { name: 'PGWARDEN_INGESTION_ENDPOINT', value: ingestion.endpoint }
        { name: 'PGWARDEN_INGESTION_RULE', value: ingestion.ruleId }
        { name: 'PGWARDEN_LOGS_ENDPOINT', value: logsEndpoints[?environment().name] ?? '' }
        { name: 'PGWARDEN_SCAN_SCHEDULE', value: schedules.scan }
        { name: 'PGWARDEN_ROTATE_SCHEDULE', value: schedules.rotate }
        { name: 'PGWARDEN_RECOVER_SCHEDULE', value: schedules.recover }
        { name: 'PGWARDEN_ROTATOR_CLIENT_ID', value: rotator.clientId }
        { name: 'PGWARDEN_ADMIN_ROTATOR_CLIENT_ID', value: adminRotator.?clientId ?? '' }
      ]
    }
  }

  resource noFtpPassword 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource noScmPassword 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  resource signIn 'config' = if (authentication != null) {
    name: 'authsettingsV2'
    properties: {
      platform: { enabled: true }
      globalValidation: {
        requireAuthentication: !anonymousHealth
        unauthenticatedClientAction: anonymousHealth ? 'AllowAnonymous' : 'Return401'
      }
      httpSettings: { requireHttps: true }
      identityProviders: {
        azureActiveDirectory: {
          enabled: true
          registration: {
            clientId: authentication.?clientId
            openIdIssuer: '${environment().authentication.loginEndpoint}${authentication.?tenantId ?? tenant().tenantId}/v2.0'
          }
          validation: {
            allowedAudiences: ['api://${authentication.?clientId ?? ''}', authentication.?clientId ?? '']
          }
        }
      }
      // Callers bring a token for the API; nobody signs in with a browser, so no session is kept.
      login: { tokenStore: { enabled: false } }
    }
  }
}

resource platformLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: app
  name: 'pgwarden'
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'FunctionAppLogs', enabled: true }, { category: 'AppServiceAuthenticationLogs', enabled: true }]
  }
}

output id string = app.id
output name string = app.name
output hostName string = app.properties.defaultHostName
