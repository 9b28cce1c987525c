import {
  boolean,
  type Column,
  type ColumnType,
  type ColumnValue,
  datetime,
  dynamic,
  int,
  long,
  text,
} from "./columns.ts";

/** First in every table. Only the first five are never null. */
export const commonColumns = {
  TimeGenerated: datetime("When the row was made; replaced by the time of receipt when older than two days."),
  CollectedAt: datetime("When the server was read."),
  RunId: text("The run that made the row."),
  RowId: text("SHA-256 of run, table, server and object: equal for a row that was delivered twice."),
  SchemaVersion: int("Version of this table's columns."),
  TargetResourceId: text("ARM resource id of the server in lower case; null in rows about a whole run."),
  SubscriptionId: text("Subscription of the server."),
  ResourceGroup: text("Resource group of the server."),
  ServerName: text("Name of the server."),
} as const satisfies Columns;

type Columns = Readonly<Record<string, Column>>;

interface Table {
  readonly description: string;
  readonly schemaVersion: number;
  /** The table's own columns, after the common ones. */
  readonly columns: Columns;
}

/** The one source of every Log Analytics column; the Bicep reads JSON generated from it. */
export const tables = {
  PgWardenRun_CL: {
    description: "One row per run, and one per server in it.",
    schemaVersion: 1,
    columns: {
      Scope: text("run or server."),
      Reason: text("Why the run started: timer, http, change or cli."),
      Actor: text("Who or what started the run."),
      Status: text("running, succeeded, partial or failed."),
      StartedAt: datetime("Start of the run, or of this server's scan."),
      FinishedAt: datetime("When the run closed; null in rows of servers and while it runs."),
      DurationMs: long("Milliseconds from start to end."),
      ServersExpected: int("Servers that the run set out to read; null in rows of servers."),
      ServersMissing: dynamic("Names of servers without an answer."),
      CoverageFindings: dynamic("Sentences about the inventory itself."),
      Gaps: dynamic("Sections that could not be read: section, reason, detail."),
      PassCount: int("Findings that pass."),
      FailCount: int("Findings that fail."),
      NotApplicableCount: int("Findings that do not apply."),
      UnknownCount: int("Findings without evidence."),
      WaivedCount: int("Fails with a live waiver."),
      FailedBySeverity: dynamic("Open fails: critical, high, medium, low, info."),
      DriftCount: int("Drifts from baseline and previous snapshot."),
      ArmReads: int("Requests to Azure Resource Manager."),
      SnapshotDigest: text("SHA-256 of the canonical snapshot."),
      Delivery: text("delivered, spooled or lost: what became of the rows."),
    },
  },
  PgWardenFinding_CL: {
    description: "What each control said of each subject.",
    schemaVersion: 1,
    columns: {
      RuleId: text("Id of the control."),
      FindingTitle: text("The secure state that the control asks for."),
      Severity: text("critical, high, medium, low or info."),
      Outcome: text("pass, fail, notApplicable, unknown or waived."),
      OutcomeDetail: text("A sentence: subject, value met, value allowed."),
      ObjectType: text("Kind of the subject: server, role, firewallRule …"),
      ObjectName: text("Name of the subject; null for the server itself."),
      Fingerprint: text("SHA-256 of server, control and subject: the same in every run."),
      LedgerState: text("new, unchanged, updated or absent; null for what was never open."),
      FirstSeen: datetime("Since when the finding is known; null for what was never open."),
      Controls: dynamic("Framework requirements: framework, requirement, source."),
      Remediation: dynamic("cli, bicep, terraform and sql, where each applies."),
    },
  },
  PgWardenDrift_CL: {
    description: "One row per cause of change, against the baseline or the previous snapshot.",
    schemaVersion: 2,
    columns: {
      DriftId: text("SHA-256 of server, comparison and cause: the same while the drift stays."),
      Comparison: text("baseline or previous."),
      Change: text("added, removed, changed or recreated."),
      Cause: text("What changed, such as membership/azure_pg_admin/app_rw."),
      ObjectType: text("Kind of the cause."),
      ObjectName: text("Name of the cause; null for the server itself."),
      Severity: text("critical, high, medium, low or info."),
      Message: text("A sentence: what changed, from what to what, and what it now allows."),
      Before: dynamic("The value before; null when there was none."),
      After: dynamic("The value after; null when there is none."),
      EffectCount: int("How many effects the cause has."),
      Effects: dynamic("At most 20 effects."),
      Direction: text("gained or lost: whether someone can do more now, or less; changed is neither, or both."),
      DatabaseName: text("The database that it happened in; null for the server."),
      GainedCount: int("Login principals that can do something now which they could not before."),
      GainedPrincipals: dynamic("At most 20 of them."),
    },
  },
  PgWardenServer_CL: {
    description: "One row per server and run: identity, version, network model, TLS, encryption and backup facts.",
    schemaVersion: 1,
    columns: {
      Location: text("Azure region."),
      Version: text("Major version of PostgreSQL."),
      MinorVersion: text("Minor version."),
      State: text("State, such as Ready."),
      Fqdn: text("Host name."),
      AdministratorLogin: text("Role named as administrator at creation."),
      SkuName: text("Compute size."),
      SkuTier: text("Burstable, GeneralPurpose or MemoryOptimized."),
      NetworkModel: text("public or virtualNetwork."),
      PublicNetworkAccess: text("Enabled or Disabled."),
      DelegatedSubnetId: text("Subnet of a VNet-integrated server."),
      FirewallRuleCount: int("Firewall rules; null when they could not be read."),
      PrivateEndpointCount: int("Private endpoint connections; null when they could not be read."),
      EntraAuthentication: text("Enabled or Disabled."),
      PasswordAuthentication: text("Enabled or Disabled."),
      EntraTenantId: text("Entra tenant."),
      RequireSecureTransport: text("The parameter's value; null when it could not be read."),
      MinimumTlsVersion: text("ssl_min_protocol_version; null when it could not be read."),
      NegotiatedTls: dynamic("What a current client negotiated: port, protocol, cipher, trusted, nameMatches."),
      CertificateNotAfter: datetime("End of the server certificate; null when it was not seen."),
      EncryptionType: text("SystemManaged or AzureKeyVault."),
      EncryptionKeyStatus: text("Valid or Invalid, with a customer's key."),
      BackupRetentionDays: int("Days that backups are kept."),
      GeoRedundantBackup: text("Enabled or Disabled."),
      HighAvailabilityMode: text("Disabled, SameZone or ZoneRedundant."),
      ReplicationRole: text("None, Primary, AsyncReplica or GeoAsyncReplica."),
      ReplicaCount: int("Read replicas; null when they could not be read."),
      UnavailableSections: dynamic("Sections that could not be read, with reason."),
    },
  },
  PgWardenRole_CL: {
    description: "One row per role of pg_roles.",
    schemaVersion: 2,
    columns: {
      RoleName: text("Name of the role."),
      CanLogIn: boolean("LOGIN."),
      Superuser: boolean("SUPERUSER."),
      CreateRole: boolean("CREATEROLE."),
      CreateDb: boolean("CREATEDB."),
      Replication: boolean("REPLICATION."),
      BypassRls: boolean("BYPASSRLS."),
      Inherit: boolean("INHERIT: the default of new memberships, and before 16 their rule."),
      ConnectionLimit: int("CONNECTION LIMIT; null is unlimited."),
      ValidUntil: text("VALID UNTIL: ISO 8601, infinity, or null when never set."),
      PasswordType: text("none, md5 or scram-sha-256; null when it could not be read."),
      EntraObjectId: text("Object id of the Entra principal behind the role."),
      EntraType: text("user, group, service or unknown."),
      EntraAdmin: boolean("Whether the label says administrator."),
      MemberOf: dynamic("Roles granted to it: role, grantor, admin, inherit, set; null when they could not be read."),
      AdministratorReach: text(
        "How it becomes azure_pg_admin: inherit, set or admin; null when it does not or nobody knows.",
      ),
      AdministratorPath: dynamic("The roles on the way there."),
      PrivilegedReach: dynamic(
        "Every privileged role and attribute that it reaches: target → how, path; null when nobody knows.",
      ),
      Comment: text("COMMENT ON ROLE."),
    },
  },
  PgWardenFirewall_CL: {
    description: "One row per firewall rule.",
    schemaVersion: 1,
    columns: {
      RuleName: text("Name of the rule."),
      FirstAddress: text("First IPv4 address."),
      LastAddress: text("Last IPv4 address."),
      AddressCount: long("Addresses in the range."),
      FirstSeen: datetime("When exactly this rule was first seen."),
    },
  },
  PgWardenSetting_CL: {
    description: "One row per server parameter or setting that is watched or differs from its default.",
    schemaVersion: 1,
    columns: {
      SettingName: text("Name of the parameter."),
      Configured: text("Value in Azure Resource Manager; null when not there or not readable."),
      Effective: text("Value in the running server; null when not there or not readable."),
      DefaultValue: text("Azure's default."),
      ConfiguredSource: text("user-override or system-default."),
      EffectiveSource: text("Source in pg_settings."),
      Unit: text("Unit of the value."),
      PendingRestart: boolean("Whether a restart is due; null when nobody knows."),
    },
  },
  PgWardenRotation_CL: {
    description: "Rotations of credentials: one row per step that did something, and one per tick that has news.",
    schemaVersion: 1,
    columns: {
      Credential: text("Name of the credential."),
      Strategy: text("alternating, single or admin."),
      Scope: text("step or tick."),
      Reason: text("Why the tick ran: timer, http, cli, recover, or status for the hourly row of each credential."),
      RoleName: text("The role whose password it is about; null when none is known."),
      Step: text("preflight, prepare, apply, verify, publish, close, prove, import, repair …; null in rows of ticks."),
      StepOutcome: text("done, found, failed or skipped; null in rows of ticks."),
      State: text("How the tick ended: healthy, rotated, recovered, repaired, imported, postponed, busy, open …."),
      Code: text("What stands in the way, such as VAULT_DENIED; null when nothing does."),
      Message: text("A sentence; never a secret."),
      Remedy: text("What to run or to grant; null where only time can help."),
      Remarks: dynamic("Further remarks of a tick: code, message, remedy."),
      Generation: long("Number of the rotation; null when none is known."),
      RotationId: text("UUID of the rotation; null when none is known."),
      VaultName: text("Vault of the published secret."),
      SecretName: text("Name of the published secret."),
      SecretVersion: text("Version that the step wrote or read; in rows of ticks the published one."),
      PublishedAt: datetime("When the published version was made; null in rows of steps."),
      NextDueAt: datetime("When the next rotation may begin; null in rows of steps and when nothing is published."),
      LogsIn: boolean("Whether the published secret logged in; null when nobody tried or knows."),
      StepAt: datetime("When the step ended; null in rows of ticks."),
      DurationMs: long("Milliseconds of the step; null in rows of ticks."),
    },
  },
  PgWardenAudit_CL: {
    description: "The events of the audit log; the audit chain itself is in Blob Storage.",
    schemaVersion: 1,
    columns: {
      Stream: text("Audit stream."),
      Seq: long("Number of the line in its stream."),
      PrevHash: text("Hash of the line before."),
      LineHash: text("SHA-256 of this line."),
      EventTime: datetime("When the event was written down."),
      Actor: text("Who did it."),
      Action: text("What was done."),
      Target: text("To what."),
      Outcome: text("How it ended."),
      Detail: dynamic("Further facts."),
    },
  },
} as const satisfies Readonly<Record<string, Table>>;

export type TableName = keyof typeof tables;

type CommonColumn = keyof typeof commonColumns;
type NeverNull = "TimeGenerated" | "CollectedAt" | "RunId" | "RowId" | "SchemaVersion";

/** A table's own columns: all must be given, none may be added. */
export type OwnColumns<T extends TableName> = {
  readonly [C in keyof (typeof tables)[T]["columns"]]: (typeof tables)[T]["columns"][C] extends Column<infer K>
    ? ColumnValue<K> | null
    : never;
};

export type CommonColumns = {
  readonly [C in CommonColumn]: ColumnValue<(typeof commonColumns)[C]["type"]> | (C extends NeverNull ? never : null);
};

/** A complete row of one table. */
export type TableRow<T extends TableName> = CommonColumns & OwnColumns<T>;

// Object.keys forgets the key type; the keys are exactly the table names.
export const tableNames = Object.keys(tables) as TableName[];

/** All columns of a table, common ones first. */
export function columnsOf(table: TableName): Columns {
  return { ...commonColumns, ...tables[table].columns };
}

/** The DCR stream that a table is fed by. */
export function streamOf(table: TableName): string {
  return `Custom-${table}`;
}

/** Stream → column → type: what the data collection rule declares. */
export function streamColumns(): Readonly<Record<string, Readonly<Record<string, ColumnType>>>> {
  return Object.fromEntries(
    tableNames.map((table) => [
      streamOf(table),
      Object.fromEntries(Object.entries(columnsOf(table)).map(([name, { type }]) => [name, type])),
    ]),
  );
}
