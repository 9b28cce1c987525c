import type { ConfigurationBody, ConfigurationDataType } from "./emulator/armBodies.ts";

interface ServerParameter {
  readonly name: string;
  readonly dataType: ConfigurationDataType;
  /** In Azure's notation: a list, a range or a regular expression. */
  readonly allowed: string;
  readonly default: string;
  /** PostgreSQL itself has it, so that the local server is started with the value. */
  readonly real?: true;
  readonly static?: true;
  readonly readOnly?: true;
  readonly unit?: string;
  readonly description: string;
}

const BOOLEAN = { dataType: "Boolean", allowed: "on,off" } as const;
const CIPHERS = [
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
].join(":");

/** A part of the service's some 430 parameters: those that say something about security, with the service's defaults. */
const parameters: readonly ServerParameter[] = [
  {
    name: "authentication_timeout",
    dataType: "Integer",
    allowed: "1-600",
    default: "30",
    real: true,
    readOnly: true,
    unit: "seconds",
    description: "Sets the maximum allowed time to complete client authentication.",
  },
  {
    name: "azure.accepted_password_auth_method",
    dataType: "Set",
    allowed: "md5,scram-sha-256",
    default: "scram-sha-256",
    description: "Accepted password authentication method.",
  },
  {
    name: "connection_throttle.enable",
    ...BOOLEAN,
    default: "off",
    description: "Enables temporary connection throttling per IP for too many invalid password login failures.",
  },
  {
    name: "log_connections",
    ...BOOLEAN,
    default: "on",
    real: true,
    description: "Logs each successful connection.",
  },
  {
    name: "log_disconnections",
    ...BOOLEAN,
    default: "on",
    real: true,
    description: "Logs end of a session, including duration.",
  },
  {
    name: "log_min_error_statement",
    dataType: "Enumeration",
    allowed: "debug5,debug4,debug3,debug2,debug1,info,notice,warning,error,log,fatal,panic",
    default: "error",
    real: true,
    description: "Causes all statements generating error at or above this level to be logged.",
  },
  {
    name: "log_min_messages",
    dataType: "Enumeration",
    allowed: "debug5,debug4,debug3,debug2,debug1,info,notice,warning,error,log,fatal,panic",
    default: "warning",
    real: true,
    description: "Sets the message levels that are logged.",
  },
  {
    name: "log_statement",
    dataType: "Enumeration",
    allowed: "none,ddl,mod,all",
    default: "none",
    real: true,
    description: "Sets the type of statements logged.",
  },
  {
    name: "max_connections",
    dataType: "Integer",
    allowed: "25-5000",
    default: "60",
    real: true,
    static: true,
    description: "Sets the maximum number of concurrent connections.",
  },
  {
    name: "password_encryption",
    dataType: "Enumeration",
    allowed: "md5,scram-sha-256",
    default: "scram-sha-256",
    real: true,
    description: "Chooses the algorithm for encrypting passwords.",
  },
  {
    name: "pgaudit.log",
    dataType: "Set",
    allowed: "none,read,write,function,role,ddl,misc,all",
    default: "none",
    description: "Specifies which classes of statements will be logged by session audit logging.",
  },
  {
    name: "pgbouncer.enabled",
    dataType: "Boolean",
    allowed: "true, false",
    default: "false",
    description: "Denotes if pgBouncer service is enabled.",
  },
  {
    name: "require_secure_transport",
    ...BOOLEAN,
    default: "on",
    description: "Whether client connections to the server are required to use some form of secure transport.",
  },
  {
    name: "row_security",
    ...BOOLEAN,
    default: "on",
    real: true,
    description: "Enables row security.",
  },
  {
    name: "search_path",
    dataType: "String",
    allowed: '[A-Za-z0-9."$,_ -]+',
    default: '"$user", public',
    description: "Sets the schema search order for names that are not schema-qualified.",
  },
  {
    name: "shared_preload_libraries",
    dataType: "Set",
    allowed: ",auto_explain,pg_cron,pg_stat_statements,pgaudit,pglogical,timescaledb",
    default: "pg_stat_statements",
    real: true,
    static: true,
    description: "Lists shared libraries to preload into server.",
  },
  {
    name: "ssl",
    ...BOOLEAN,
    default: "on",
    readOnly: true,
    description: "Enables SSL connections.",
  },
  {
    name: "ssl_ciphers",
    dataType: "String",
    allowed: ".*",
    default: CIPHERS,
    real: true,
    readOnly: true,
    description: "Sets the list of allowed SSL ciphers.",
  },
  {
    name: "ssl_max_protocol_version",
    dataType: "Enumeration",
    allowed: ",TLSv1.2,TLSv1.3",
    default: "",
    real: true,
    description: "Sets the maximum SSL/TLS protocol version to use.",
  },
  {
    name: "ssl_min_protocol_version",
    dataType: "Enumeration",
    allowed: "TLSv1.2,TLSv1.3",
    default: "TLSv1.2",
    real: true,
    description: "Sets the minimum SSL/TLS protocol version to use.",
  },
  {
    name: "ssl_prefer_server_ciphers",
    ...BOOLEAN,
    default: "on",
    real: true,
    readOnly: true,
    description: "Give priority to server ciphersuite order.",
  },
  {
    name: "statement_timeout",
    dataType: "Integer",
    allowed: "0-2147483647",
    default: "0",
    real: true,
    unit: "milliseconds",
    description: "Sets the maximum allowed duration of any statement.",
  },
];

/** From 18 on the parameter is a list of the steps to log. */
const LOG_CONNECTIONS_18 = {
  dataType: "Set",
  allowed: ",receipt,authentication,authorization,setup_durations,all",
  default: "receipt,authentication,authorization",
} as const;

function parametersOf(major: number): readonly ServerParameter[] {
  if (major < 18) return parameters;
  return parameters.map((parameter) =>
    parameter.name === "log_connections" ? { ...parameter, ...LOG_CONNECTIONS_18 } : parameter,
  );
}

/**
 * @param chosen values that differ from the defaults, by name
 * @throws Error for a name that is not in the table: the fleet would say something that ARM does not
 */
export function configurationBodies(
  serverId: string,
  major: number,
  chosen: Readonly<Record<string, string>>,
): ConfigurationBody[] {
  const known = parametersOf(major);
  const unknown = Object.keys(chosen).filter((name) => !known.some((parameter) => parameter.name === name));
  if (unknown.length > 0) throw new Error(`The local Azure has no server parameter ${unknown.join(", ")}.`);
  return known.map((parameter) => {
    const value = chosen[parameter.name];
    return {
      name: parameter.name,
      type: "Microsoft.DBforPostgreSQL/flexibleServers/configurations",
      id: `${serverId}/configurations/${parameter.name}`,
      properties: {
        description: parameter.description,
        allowedValues: parameter.allowed,
        dataType: parameter.dataType,
        defaultValue: parameter.default,
        documentationLink: `https://www.postgresql.org/docs/${major}/runtime-config.html`,
        isConfigPendingRestart: false,
        isDynamicConfig: parameter.static !== true,
        isReadOnly: parameter.readOnly === true,
        source: value === undefined ? "system-default" : "user-override",
        ...(parameter.unit === undefined ? {} : { unit: parameter.unit }),
        value: value ?? parameter.default,
      },
    };
  });
}

/** What the local server must be started with, so that it and ARM say the same. */
export function postgresSettings(
  major: number,
  chosen: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    parametersOf(major)
      .filter(({ real }) => real === true)
      .map((parameter) => [parameter.name, chosen[parameter.name] ?? parameter.default]),
  );
}
