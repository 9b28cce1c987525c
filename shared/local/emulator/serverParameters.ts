import { SERVER_TYPE } from "./arm/serverOf.ts";
import type { ConfigurationBody, ConfigurationDataType } from "./armBodies.ts";

/**
 * Server parameters as the service shows them: a part of its some 430. One row each:
 * name, data type, allowed values, default, value ("=": the default), flags, unit, page of the documentation, description.
 * Flags: `readOnly`, `static` (needs a restart), and the majors that have it.
 */
const TABLE = `
allow_system_table_mods | Boolean | on,off | off | = | readOnly |  | developer | Allows modifications of the structure of system tables.
archive_command | String | .* |  | BlobLogUpload.sh %f %p | readOnly |  | wal | Sets the shell command that will be called to archive a WAL file.
archive_mode | Enumeration | always,on,off | off | always | readOnly static |  | wal | Allows archiving of WAL files using archive_command.
authentication_timeout | Integer | 1-600 | 60 | 30 | readOnly | seconds | connection | Sets the maximum allowed time to complete client authentication.
azure.accepted_password_auth_method | Set | md5,scram-sha-256 | md5,scram-sha-256 | = |  |  | https://go.microsoft.com/fwlink/?linkid=2274268 | Password authentication methods, separated by comma, that are accepted by the server.
azure.extensions | Set | ,address_standardizer,amcheck,anon,azure_storage,bloom,btree_gin,btree_gist,citext,cube,dblink,dict_int,dict_xsyn,earthdistance,fuzzystrmatch,hstore,hypopg,intagg,intarray,isn,lo,login_hook,ltree,orafce,pageinspect,pg_buffercache,pg_cron,pg_freespacemap,pg_hint_plan,pg_partman,pg_prewarm,pg_repack,pg_squeeze,pg_stat_statements,pg_trgm,pg_visibility,pgaudit,pgcrypto,pglogical,pgrouting,pgrowlocks,pgstattuple,plpgsql,plv8,postgis,postgres_fdw,semver,sslinfo,tablefunc,timescaledb,tsm_system_rows,tsm_system_time,unaccent,uuid-ossp,vector |  | = |  |  | https://go.microsoft.com/fwlink/?linkid=2274269 | List of extensions, separated by comma, that are allowlisted.
connection_throttle.bucket_limit | Integer | 1-20000 | 2000 | = | <16 |  | https://go.microsoft.com/fwlink/?linkid=2274267 | Max login tokens per bucket.
connection_throttle.enable | Boolean | on,off | off | = | <16 |  | https://go.microsoft.com/fwlink/?linkid=2274266 | Enables temporary connection throttling per IP for too many login failures.
connection_throttle.restore_factor | Integer | 1-100 | 2 | = | <16 |  | https://go.microsoft.com/fwlink/?linkid=2274265 | Increase bucket with factor number of tokens, for each IP.
debug_pretty_print | Boolean | on,off | on | = |  |  | logging | Indents parse and plan tree displays.
debug_print_parse | Boolean | on,off | off | = |  |  | logging | Logs each query's parse tree.
debug_print_plan | Boolean | on,off | off | = |  |  | logging | Logs each query's execution plan.
debug_print_rewritten | Boolean | on,off | off | = |  |  | logging | Logs each query's rewritten parse tree.
idle_in_transaction_session_timeout | Integer | 0-2147483647 | 0 | = |  | milliseconds | client | Sets the maximum allowed idle time between queries, when in a transaction.
idle_session_timeout | Integer | 0-2147483647 | 0 | = | >=14 | milliseconds | client | Sets the maximum allowed idle time between queries, when not in a transaction.
lo_compat_privileges | Boolean | on,off | off | = |  |  | compatible | Enables backward compatibility mode for privilege checks on large objects.
lock_timeout | Integer | 0-2147483647 | 0 | = |  | milliseconds | client | Sets the maximum allowed duration (in milliseconds) of any wait for a lock. 0 turns this off.
log_autovacuum_min_duration | Integer | -1-2147483647 | 600000 | = |  | milliseconds | autovacuum | Sets the minimum execution time above which autovacuum actions will be logged.
log_checkpoints | Boolean | on,off | on | = |  |  | logging | Logs each checkpoint.
log_connections | Boolean | on,off | on | = | <18 |  | logging | Causes each attempted connection to the server to be logged, as well as successful completion of client authentication.
log_connections | Set | ,receipt,authentication,authorization,setup_durations,all,on,off,true,false,yes,no,1,0 | receipt,authentication,authorization | = | >=18 |  | logging | Logs specified aspects of connection establishment and setup.
log_destination | Enumeration | stderr,csvlog | stderr | = |  |  | logging | Sets the destination for server log output.
log_disconnections | Boolean | on,off | on | = |  |  | logging | Logs end of a session, including duration.
log_duration | Boolean | on,off | off | = |  |  | logging | Logs the duration of each completed SQL statement.
log_error_verbosity | Enumeration | terse,default,verbose | default | = |  |  | logging | Controls the amount of detail written in the server log for each message that is logged.
log_file_mode | Integer | 0-511 | 384 | 0600 | readOnly |  | logging | Sets the file permissions for log files.
log_hostname | Boolean | on,off | off | = |  |  | logging | Logs the host name in the connection logs.
log_line_prefix | String | [^']* | %t-%c- | = |  |  | logging | Sets the printf-style string that is output at the beginning of each log line.
log_lock_waits | Boolean | on,off | off | = |  |  | logging | Logs long lock waits.
log_min_duration_statement | Integer | -1-2147483647 | -1 | = |  | milliseconds | logging | Sets the minimum execution time (in milliseconds) above which statements will be logged. -1 disables logging statement durations.
log_min_error_statement | Enumeration | debug5,debug4,debug3,debug2,debug1,info,notice,warning,error,log,fatal,panic | error | = |  |  | logging | Causes all statements generating error at or above this level to be logged.
log_min_messages | Enumeration | debug5,debug4,debug3,debug2,debug1,info,notice,warning,error,log,fatal,panic | warning | = |  |  | logging | Controls which message levels are written to the server log.
log_parameter_max_length | Integer | -1-1073741823 | -1 | = |  | bytes | logging | When logging statements, limit logged parameter values to first N bytes.
log_parameter_max_length_on_error | Integer | -1-1073741823 | 0 | = |  | bytes | logging | When reporting an error, limit logged parameter values to first N bytes.
log_replication_commands | Boolean | on,off | off | = |  |  | logging | Logs each replication command.
log_rotation_age | Integer | 0-35791394 | 1440 | 60 | readOnly | minutes | logging | Sets the amount of time to wait before forcing log file rotation.
log_statement | Enumeration | none,ddl,mod,all | none | = |  |  | logging | Sets the type of statements logged.
log_statement_sample_rate | Numeric | 0-1 | 1 | = |  |  | logging | Fraction of statements exceeding log_min_duration_sample to be logged.
log_temp_files | Integer | -1-2147483647 | -1 | = |  | kilobytes | logging | Logs the use of temporary files larger than this number of kilobytes.
log_timezone | String | .* | GMT | UTC | readOnly |  | logging | Sets the time zone to use in log messages.
logfiles.download_enable | Boolean | on,off | off | = |  |  | https://go.microsoft.com/fwlink/?linkid=2274270 | Enables or disables server logs functionality.
logfiles.retention_days | Integer | 1-7 | 3 | = |  | days | https://go.microsoft.com/fwlink/?linkid=2274271 | Sets the retention period window in days for server logs - after this time data will be deleted.
logging_collector | Boolean | on,off | off | on | readOnly static |  | logging | Starts a subprocess to capture stderr output and/or csvlogs into log files.
max_connections | Integer | 25-5000 | 859 | = | static |  | connection | Sets the maximum number of concurrent connections to the database server.
max_wal_senders | Integer | 5-100 | 10 | = | static |  | replication | Sets the maximum number of simultaneously running WAL sender processes.
password_encryption | Enumeration | md5,scram-sha-256 | md5 | = | <14 |  | connection | Determines the algorithm to use to encrypt the password.
password_encryption | Enumeration | md5,scram-sha-256 | scram-sha-256 | = | >=14 |  | connection | Determines the algorithm to use to encrypt the password.
pg_stat_statements.track | Enumeration | top,all,none | none | = |  |  | https://www.postgresql.org/docs/current/pgstatstatements.html | Selects which statements are tracked by pg_stat_statements.
pgaudit.log | Set | none,read,write,function,role,ddl,misc,all | none | = |  |  | https://github.com/pgaudit/pgaudit/blob/master/README.md | Specifies which classes of statements will be logged by session audit logging.
pgaudit.log_catalog | Boolean | on,off | on | = |  |  | https://github.com/pgaudit/pgaudit/blob/master/README.md | Specifies that session logging should be enabled in the case where all relations in a statement are in pg_catalog.
pgaudit.log_client | Boolean | on,off | off | = |  |  | https://github.com/pgaudit/pgaudit/blob/master/README.md | Specifies whether audit messages should be visible to client.
pgaudit.log_level | Enumeration | ,debug5,debug4,debug3,debug2,debug1,info,notice,warning,log | log | = |  |  | https://github.com/pgaudit/pgaudit/blob/master/README.md | Specifies the log level that will be used for log entries.
pgaudit.log_parameter | Boolean | on,off | off | = |  |  | https://github.com/pgaudit/pgaudit/blob/master/README.md | Specifies that audit logging should include the parameters that were passed with the statement.
pgaudit.log_relation | Boolean | on,off | off | = |  |  | https://github.com/pgaudit/pgaudit/blob/master/README.md | Specifies whether session audit logging should create a separate log entry for each relation referenced in a SELECT or DML statement.
pgaudit.log_rows | Boolean | on,off | off | = | >=14 |  | https://github.com/pgaudit/pgaudit/blob/master/README.md | Specifies whether logging will include the rows retrieved or affected by a statement.
pgaudit.log_statement | Boolean | on,off | on | = | >=14 |  | https://github.com/pgaudit/pgaudit/blob/master/README.md | Specifies whether logging will include the statement text and parameters.
pgaudit.log_statement_once | Boolean | on,off | off | = |  |  | https://github.com/pgaudit/pgaudit/blob/master/README.md | Specifies whether logging will include the statement text and parameters with the first log entry for a statement/substatement combination or with every entry.
pgaudit.role | String | [A-Za-z\\._]* |  | = |  |  | https://github.com/pgaudit/pgaudit/blob/master/README.md | Specifies the master role to use for object audit logging.
pgbouncer.enabled | Boolean | true, false | false | = |  |  | https://www.pgbouncer.org/config.html | Denotes if pgBouncer service is enabled.
require_secure_transport | Boolean | on,off | on | = |  |  | https://go.microsoft.com/fwlink/?linkid=2282200 | Whether client connections to the server are required to use some form of secure transport.
row_security | Boolean | on,off | on | = |  |  |  | Enables row security.
scram_iterations | Integer | 1-2147483647 | 4096 | = | >=16 |  | connection | Sets the iteration count for SCRAM secret generation.
search_path | String | [A-Za-z0-9."$,_ -]+ | "$user", public | = |  |  | client | Sets the schema search order for names that are not schema-qualified.
server_version | String | .* | 13.11 | 13.16 | readOnly |  | preset | Shows the server version.
session_preload_libraries | Set | ,login_hook |  | = |  |  | client | Lists shared libraries to preload into each backend.
shared_buffers | Integer | 16-1073741823 | 524288 | = | static | 8KB | resource | Sets the number of shared memory buffers used by the server. Unit is 8kb. Allowed values are inside the range of 10% - 75% of available memory.
shared_preload_libraries | Set | ,age,anon,auto_explain,azure_storage,pg_cron,pg_failover_slots,pg_hint_plan,pg_partman_bgw,pg_prewarm,pg_squeeze,pg_stat_statements,pgaudit,pglogical,timescaledb,wal2json | pg_cron,pg_stat_statements | = | static |  | client | Sets which shared libraries are preloaded at server start.
ssl | Boolean | on,off | off | on | readOnly |  | connection | Enables SSL connections.
ssl_ca_file | String | .* |  | /datadrive/certs/ca.pem | readOnly |  | connection | Location of the SSL certificate authority file.
ssl_cert_file | String | .* | server.crt | /datadrive/certs/cert.pem | readOnly |  | connection | Location of the SSL server certificate file.
ssl_ciphers | String | .* | HIGH:MEDIUM:+3DES:!aNULL | ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256 | readOnly |  | connection | Sets the list of allowed SSL ciphers.
ssl_crl_file | String | .* |  | = | readOnly |  | connection | Location of the SSL certificate revocation list file.
ssl_ecdh_curve | String | .* | prime256v1 | = | readOnly |  | connection | Sets the curve to use for ECDH.
ssl_key_file | String | .* | server.key | /datadrive/certs/key.pem | readOnly |  | connection | Location of the SSL server private key file.
ssl_library | String | .* | OpenSSL | = | readOnly |  | preset | Name of the SSL library.
ssl_max_protocol_version | Enumeration | ,TLSv1.2,TLSv1.3 |  | = |  |  | connection | Sets the maximum SSL/TLS protocol version to use.
ssl_min_protocol_version | Enumeration | TLSv1.2,TLSv1.3 | TLSv1.2 | = |  |  | connection | Sets the minimum SSL/TLS protocol version to use.
ssl_passphrase_command | String | .* |  | = | readOnly |  | connection | Command to obtain passphrases for SSL.
ssl_prefer_server_ciphers | Boolean | on,off | on | = | readOnly |  | connection | Give priority to server ciphersuite order.
statement_timeout | Integer | 0-2147483647 | 0 | = |  | milliseconds | client | Sets the maximum allowed duration (in milliseconds) of any statement. 0 turns this off.
superuser_reserved_connections | Integer | 0-262143 | 10 | = | readOnly static |  | connection | Sets the number of connection slots reserved for superusers.
tcp_keepalives_idle | Integer | 0-2147483647 | 120 | = |  | seconds | connection | Time between issuing TCP keepalives.
timezone | String | [A-Za-z0-9/+_-]+ | UTC | = |  |  | client | Sets the time zone for displaying and interpreting time stamps.
wal_level | Enumeration | replica,logical | replica | = | static |  | wal | Sets the level of information written to the WAL.
`;

interface Row {
  readonly properties: ConfigurationBody["properties"];
  readonly name: string;
}

const DATA_TYPES: readonly ConfigurationDataType[] = ["Boolean", "Numeric", "Integer", "Enumeration", "String", "Set"];

/**
 * The parameters of one server, by name.
 *
 * @param major such as `17`
 * @param values others than the platform's, by parameter name
 * @throws Error when `values` names a parameter that this major does not have
 */
export function newConfigurations(
  serverId: string,
  major: string,
  values: Readonly<Record<string, string>>,
): ConfigurationBody[] {
  const configurations = TABLE.trim()
    .split("\n")
    .flatMap((line) => row(line, Number(major)) ?? [])
    .map(({ name, properties }): ConfigurationBody => {
      const id = `${serverId}/configurations/${name}`;
      return { name, type: `${SERVER_TYPE}/configurations`, id, properties };
    });
  for (const [name, value] of Object.entries(values)) {
    const configuration = configurations.find((candidate) => candidate.name === name);
    if (configuration === undefined) throw new Error(`PostgreSQL ${major} has no server parameter ${name}.`);
    configuration.properties.value = value;
    configuration.properties.source = "user-override";
  }
  return configurations;
}

/** Undefined when the major does not have it. */
function row(line: string, major: number): Row | undefined {
  const [
    name = "",
    type = "",
    allowedValues = "",
    defaultValue = "",
    own = "",
    flags = "",
    unit = "",
    page = "",
    text = "",
  ] = line.split(" | ");
  if (!isIn(flags, major)) return undefined;
  const dataType = DATA_TYPES.find((known) => known === type);
  if (dataType === undefined) throw new Error(`Server parameter ${name} has the unknown data type ${type}.`);
  // The one value that only the server itself knows.
  const value = name === "server_version" ? String(major) : own === "=" ? defaultValue : own;
  return {
    name,
    properties: {
      description: text,
      allowedValues,
      dataType,
      defaultValue,
      ...documentation(name, page, major),
      isConfigPendingRestart: false,
      isDynamicConfig: !flags.includes("static"),
      isReadOnly: flags.includes("readOnly"),
      source: own === "=" ? "system-default" : "user-override",
      ...(unit === "" ? {} : { unit }),
      value,
    },
  };
}

function isIn(flags: string, major: number): boolean {
  const [, from] = />=(\d+)/.exec(flags) ?? [];
  const [, before] = /<(\d+)/.exec(flags) ?? [];
  return major >= Number(from ?? 0) && major < Number(before ?? Infinity);
}

function documentation(name: string, page: string, major: number): { documentationLink?: string } {
  if (page === "") return {};
  if (page.startsWith("https:")) return { documentationLink: page };
  const anchor = name.toUpperCase().replaceAll("_", "-");
  return { documentationLink: `https://www.postgresql.org/docs/${major}/runtime-config-${page}.html#GUC-${anchor}` };
}
