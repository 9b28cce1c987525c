const subscription = "/subscriptions/:subscription";
const group = `${subscription}/resourcegroups/:group`;
const server = `${group}/providers/microsoft.dbforpostgresql/flexibleservers/:server` as const;

/** Every path that the emulated ARM knows, in lower case as routes match them. */
export const ARM_PATHS = {
  subscriptions: "/subscriptions",
  subscription,
  serversBySubscription: `${subscription}/providers/microsoft.dbforpostgresql/flexibleservers`,
  serversByGroup: `${group}/providers/microsoft.dbforpostgresql/flexibleservers`,
  server,
  restart: `${server}/restart`,
  start: `${server}/start`,
  stop: `${server}/stop`,
  firewallRules: `${server}/firewallrules`,
  firewallRule: `${server}/firewallrules/:name`,
  configurations: `${server}/configurations`,
  configuration: `${server}/configurations/:name`,
  administrators: `${server}/administrators`,
  administrator: `${server}/administrators/:objectId`,
  privateEndpointConnections: `${server}/privateendpointconnections`,
  privateEndpointConnection: `${server}/privateendpointconnections/:name`,
  threatProtection: `${server}/advancedthreatprotectionsettings`,
  threatProtectionSetting: `${server}/advancedthreatprotectionsettings/:name`,
  backups: `${server}/backups`,
  backup: `${server}/backups/:name`,
  replicas: `${server}/replicas`,
  diagnosticSettings: `${server}/providers/microsoft.insights/diagnosticsettings`,
  asyncOperation: `${subscription}/providers/microsoft.dbforpostgresql/locations/:location/azureasyncoperation/:id`,
  operationResult: `${subscription}/providers/microsoft.dbforpostgresql/locations/:location/operationresults/:id`,
  subnet: `${group}/providers/microsoft.network/virtualnetworks/:network/subnets/:subnet`,
  keyVault: `${group}/providers/microsoft.keyvault/vaults/:name`,
  keyVaultDiagnosticSettings: `${group}/providers/microsoft.keyvault/vaults/:name/providers/microsoft.insights/diagnosticsettings`,
  securityGroup: `${group}/providers/microsoft.network/networksecuritygroups/:name`,
} as const;

export const API_VERSIONS = {
  subscriptions: "2022-12-01",
  postgres: "2025-08-01",
  insights: "2021-05-01-preview",
  network: "2025-05-01",
  keyVault: "2024-11-01",
  resourceGraph: "2024-04-01",
} as const;
