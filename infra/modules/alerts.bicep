// One rule per detection: infra/alerts.json says how often and of whom, infra/queries/alerts asks.

import { tagMap } from 'types.bicep'

@description('Region of the workspace: a rule must be in it.')
param location string
param tags tagMap

@description('Short name of the installation: the rules\' names begin with it.')
@minLength(2)
@maxLength(12)
param name string

@description('Workspace that holds the tables and saved functions.')
param workspaceId string

@description('Resource ids of the action groups that are told. Without one, alerts are only shown.')
@maxLength(5)
param actionGroupIds string[]

@description('Ids of rules (infra/alerts.json) that are deployed, but switched off.')
param disabledAlerts string[]

@description('What infra/alerts.json says of one rule. All of them count rows: one is enough.')
@sealed()
type alertRule = {
  @description('Name of its query, and of its section in docs/operations.md.')
  id: string
  title: string

  @description('0 critical, 1 error, 2 warning, 3 informational.')
  @minValue(0)
  @maxValue(3)
  severity: int
  evaluationFrequency: string

  @description('How far back rows are looked at. P2D is the most there is: rows that were spooled come up to two days late.')
  windowSize: string

  @description('Whether the alert is resolved by itself. It is told once for each combination of dimensions until then.')
  autoMitigate: bool

  @description('Column with the server that the alert is about; null: it is about the installation.')
  resourceIdColumn: string?
  dimensions: string[]
  description: string
}

var rules alertRule[] = loadJsonContent('../alerts.json')

var queries = {
  administratorReach: loadTextContent('../queries/alerts/administratorReach.kql')
  auditChainBroken: loadTextContent('../queries/alerts/auditChainBroken.kql')
  coverageFell: loadTextContent('../queries/alerts/coverageFell.kql')
  criticalFinding: loadTextContent('../queries/alerts/criticalFinding.kql')
  deliveryFailed: loadTextContent('../queries/alerts/deliveryFailed.kql')
  drift: loadTextContent('../queries/alerts/drift.kql')
  firewallOpened: loadTextContent('../queries/alerts/firewallOpened.kql')
  noScan: loadTextContent('../queries/alerts/noScan.kql')
  rotationFailed: loadTextContent('../queries/alerts/rotationFailed.kql')
  rotationOverdue: loadTextContent('../queries/alerts/rotationOverdue.kql')
  rotationStuck: loadTextContent('../queries/alerts/rotationStuck.kql')
  secretRefused: loadTextContent('../queries/alerts/secretRefused.kql')
  serverNotRead: loadTextContent('../queries/alerts/serverNotRead.kql')
  tlsWeakened: loadTextContent('../queries/alerts/tlsWeakened.kql')
}

resource alerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: '${name}-${rule.id}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'pgwarden: ${rule.title}'
      description: rule.description
      severity: rule.severity
      enabled: !contains(disabledAlerts, rule.id)
      scopes: [workspaceId]
      evaluationFrequency: rule.evaluationFrequency
      windowSize: rule.windowSize
      criteria: {
        allOf: [
          {
            query: queries[rule.id]
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            resourceIdColumn: rule.?resourceIdColumn
            dimensions: [for dimension in rule.dimensions: { name: dimension, operator: 'Include', values: ['*'] }]
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      autoMitigate: rule.autoMitigate
      // Tables that were made a moment ago are not yet known to the validation, and DCRLogErrors not before an error.
      skipQueryValidation: true
      actions: { actionGroups: actionGroupIds }
    }
  }
]
