import { isIP } from "node:net";
import * as v from "valibot";
import type { Environment, HostOverride } from "../model/config.ts";
import { isHttpsAddress, list, mapping, schedule } from "./allowedValues.ts";
import { isCertificateFile } from "./certificateFile.ts";
import { ConfigError, type ConfigFault } from "./configError.ts";
import { check, met } from "./schemaFaults.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** Every variable that pgwarden reads, for docs/configuration.md. No value is ever printed unless it is plain. */
export const environmentVariables = [
  {
    name: "PGWARDEN_CONFIG",
    default: "pgwarden.yaml",
    meaning: "Path of the configuration file.",
  },
  {
    name: "PGWARDEN_ARM_ENDPOINT",
    default: "https://management.azure.com",
    meaning:
      "Azure Resource Manager; another address in other clouds and in the local Azure. Tokens keep their audience.",
  },
  {
    name: "PGWARDEN_LOGS_ENDPOINT",
    default: "https://api.loganalytics.azure.com",
    meaning:
      "Queries of Log Analytics, for logins in the server's exported log: `https://api.loganalytics.us` and `https://api.loganalytics.azure.cn` in other clouds.",
  },
  {
    name: "AzureWebJobsStorage__blobServiceUri",
    default: "from the account name",
    meaning: "Blob service of the storage account.",
  },
  {
    name: "AzureWebJobsStorage__queueServiceUri",
    default: "from the account name",
    meaning: "Queue service of the storage account.",
  },
  {
    name: "AzureWebJobsStorage__accountName",
    default: "none",
    meaning:
      "Name of the storage account, where the two addresses above are not given. Connection strings are refused.",
  },
  {
    name: "PGWARDEN_CA_FILE",
    default: "none",
    meaning: "PEM file with certificate authorities that this process trusts beside its own.",
  },
  {
    name: "IDENTITY_ENDPOINT",
    default: "none",
    meaning: "Set by App Service and Functions: tokens come from the managed identity.",
  },
  {
    name: "IDENTITY_HEADER",
    default: "none",
    meaning: "Set together with IDENTITY_ENDPOINT.",
  },
  {
    name: "AZURE_CLIENT_ID",
    default: "none",
    meaning: "Client id of a user-assigned managed identity.",
  },
  {
    name: "PGWARDEN_ROTATOR_CLIENT_ID",
    default: "AZURE_CLIENT_ID",
    meaning:
      "Client id of the user-assigned identity that rotates: it signs in to Key Vault for `credentials` and to PostgreSQL as `postgres.rotatorRole`.",
  },
  {
    name: "PGWARDEN_ADMIN_ROTATOR_CLIENT_ID",
    default: "AZURE_CLIENT_ID",
    meaning: "Client id of the identity that may change a server's administrator password in Azure Resource Manager.",
  },
  {
    name: "PGWARDEN_HOSTS",
    default: "{}",
    meaning:
      'JSON: where host names lead, `{"<host>": {"addresses": ["10.1.0.4"], "connect": {"5432": "127.0.0.1:40001"}}}`; for tunnels and the local Azure.',
  },
  {
    name: "PGWARDEN_SCAN_SCHEDULE",
    default: "schedule.scan",
    meaning:
      "Schedule of the scan timer, 5 or 6 NCRONTAB fields in UTC. The Functions host reads it before any file, so the deployed app needs it here.",
  },
  {
    name: "PGWARDEN_ROTATE_SCHEDULE",
    default: "schedule.rotate",
    meaning: "As PGWARDEN_SCAN_SCHEDULE, for the timer that begins the rotations that are due.",
  },
  {
    name: "PGWARDEN_RECOVER_SCHEDULE",
    default: "schedule.recover",
    meaning: "As PGWARDEN_SCAN_SCHEDULE, for the timer that runs open rotations forward.",
  },
  {
    name: "PGWARDEN_INGESTION_ENDPOINT",
    default: "publish.logAnalytics",
    meaning:
      "Logs ingestion endpoint, set together with PGWARDEN_INGESTION_RULE over what the file says: the deployment knows both, whoever writes the file does not.",
  },
  {
    name: "PGWARDEN_INGESTION_RULE",
    default: "publish.logAnalytics",
    meaning: "Immutable id of the data collection rule.",
  },
  {
    name: "PGPASSWORD",
    default: "none",
    meaning: "Password of `pgwarden scan --postgres`, where the connection string holds none.",
  },
  {
    name: "WEBSITE_AUTH_ENABLED",
    default: "False",
    meaning: "Set by App Service: `True` while its authentication stands in front of the HTTP routes.",
  },
] as const;

const armDefault = "https://management.azure.com";
const logsDefault = "https://api.loganalytics.azure.com";
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The only reader of the process's environment. @throws ConfigError with every fault of the environment */
export function readEnvironment(variables: Variables = process.env): Environment {
  const faults: ConfigFault[] = [];
  function refuse(name: string, message: string): void {
    faults.push({ path: name, line: null, column: null, message });
  }

  const environment: Environment = {
    configPath: given(variables, "PGWARDEN_CONFIG") ?? "pgwarden.yaml",
    armEndpoint: address(variables, "PGWARDEN_ARM_ENDPOINT", refuse) ?? armDefault,
    logsEndpoint: address(variables, "PGWARDEN_LOGS_ENDPOINT", refuse) ?? logsDefault,
    blobEndpoint: storageAddress(variables, "blob", refuse),
    queueEndpoint: storageAddress(variables, "queue", refuse),
    caFile: certificateFile(variables, refuse),
    managedIdentityClientId: clientId(variables, "AZURE_CLIENT_ID", refuse),
    rotatorClientId: clientIdOr(variables, "PGWARDEN_ROTATOR_CLIENT_ID", refuse),
    adminRotatorClientId: clientIdOr(variables, "PGWARDEN_ADMIN_ROTATOR_CLIENT_ID", refuse),
    identity: identity(variables, refuse),
    hosts: hosts(variables, refuse),
    scanSchedule: timerSchedule(variables, "PGWARDEN_SCAN_SCHEDULE", refuse),
    rotateSchedule: timerSchedule(variables, "PGWARDEN_ROTATE_SCHEDULE", refuse),
    recoverSchedule: timerSchedule(variables, "PGWARDEN_RECOVER_SCHEDULE", refuse),
    logAnalytics: logAnalytics(variables, refuse),
    platformAuthentication: given(variables, "WEBSITE_AUTH_ENABLED")?.toLowerCase() === "true",
  };
  refuseStorageFaults(variables, refuse);
  if (faults.length > 0) throw new ConfigError("environment", faults);
  return environment;
}

type Refuse = (name: string, message: string) => void;

function timerSchedule(variables: Variables, name: string, refuse: Refuse): string | null {
  const value = given(variables, name);
  if (value === undefined) return null;
  const parsed = v.safeParse(schedule(), value);
  if (parsed.success) return parsed.output;
  refuse(name, `${name} is ${met(value)}; allowed: 5 or 6 NCRONTAB fields.`);
  return null;
}

const endpointVariable = "PGWARDEN_INGESTION_ENDPOINT";
const ruleVariable = "PGWARDEN_INGESTION_RULE";

function logAnalytics(variables: Variables, refuse: Refuse): Environment["logAnalytics"] {
  const endpoint = address(variables, endpointVariable, refuse);
  const ruleId = given(variables, ruleVariable);
  if (ruleId !== undefined && !/^dcr-[0-9a-f]{32}$/.test(ruleId))
    refuse(ruleVariable, `${ruleVariable} is ${met(ruleId)}; allowed: dcr- and 32 hexadecimal digits.`);
  if (endpoint !== undefined && ruleId !== undefined) return { endpoint, ruleId };
  for (const [name, other] of [
    [endpointVariable, ruleVariable],
    [ruleVariable, endpointVariable],
  ] as const)
    if (given(variables, name) === undefined && given(variables, other) !== undefined)
      refuse(name, `${name} is empty; with ${other} it must be set too.`);
  return null;
}

/** An empty variable counts as not set: shells and portals cannot always unset one. */
function given(variables: Variables, name: string): string | undefined {
  const value = variables[name]?.trim();
  return value === "" ? undefined : value;
}

function address(variables: Variables, name: string, refuse: Refuse): string | undefined {
  const value = given(variables, name);
  if (value === undefined) return undefined;
  if (isHttpsAddress(value)) return value.replace(/\/+$/, "");
  refuse(name, `${name} is ${met(value)}; allowed: an https address without user name or query.`);
  return undefined;
}

const accountVariable = "AzureWebJobsStorage__accountName";

function storageAddress(variables: Variables, service: "blob" | "queue", refuse: Refuse): string {
  const explicit = address(variables, `AzureWebJobsStorage__${service}ServiceUri`, refuse);
  return explicit ?? `https://${given(variables, accountVariable) ?? ""}.${service}.core.windows.net`;
}

function refuseStorageFaults(variables: Variables, refuse: Refuse): void {
  if (given(variables, "AzureWebJobsStorage") !== undefined) {
    refuse(
      "AzureWebJobsStorage",
      `AzureWebJobsStorage holds a connection string; pgwarden signs in by identity, with ${accountVariable}.`,
    );
  }
  const account = given(variables, accountVariable);
  if (account !== undefined && !/^[a-z0-9]{3,24}$/.test(account)) {
    refuse(accountVariable, `${accountVariable} is ${met(account)}; allowed: 3 to 24 lower-case letters and digits.`);
  }
  if (account !== undefined) return;
  const missing = ["AzureWebJobsStorage__blobServiceUri", "AzureWebJobsStorage__queueServiceUri"].filter(
    (name) => given(variables, name) === undefined,
  );
  if (missing.length === 0) return;
  refuse(missing.join(", "), `Storage is not named; set ${accountVariable}, or ${missing.join(" and ")}.`);
}

function certificateFile(variables: Variables, refuse: Refuse): string | null {
  const name = "PGWARDEN_CA_FILE";
  const path = given(variables, name);
  if (path === undefined) return null;
  if (!isCertificateFile(path))
    refuse(name, `${name} is ${met(path)}; allowed: a readable PEM file that begins with a certificate.`);
  return path;
}

function clientId(variables: Variables, name: string, refuse: Refuse): string | null {
  const value = given(variables, name);
  if (value === undefined) return null;
  if (!uuid.test(value)) refuse(name, `${name} is ${met(value)}; allowed: a UUID.`);
  return value;
}

/** One identity for everything is a choice, if not a good one: then no further variable is needed. */
function clientIdOr(variables: Variables, name: string, refuse: Refuse): string | null {
  return clientId(variables, name, refuse) ?? given(variables, "AZURE_CLIENT_ID") ?? null;
}

/** Other variables beside the client id that say: this is an application or a workload, no managed identity. */
const applicationVariables = ["AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_FEDERATED_TOKEN_FILE"];

function identity(variables: Variables, refuse: Refuse): Environment["identity"] {
  if (given(variables, "IDENTITY_ENDPOINT") !== undefined) {
    if (given(variables, "IDENTITY_HEADER") === undefined) {
      // without it the SDK silently asks the virtual machine's address 169.254.169.254
      refuse("IDENTITY_HEADER", "IDENTITY_HEADER is empty; with IDENTITY_ENDPOINT the platform sets both.");
    }
    return "managed";
  }
  if (given(variables, "AZURE_CLIENT_ID") === undefined) return "developer";
  const isApplication = applicationVariables.some((name) => given(variables, name) !== undefined);
  return isApplication ? "developer" : "managed";
}

const port = "a port number";
const HostPort = v.pipe(v.string("host:port"), v.regex(/^(?:[\w.-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}$/, "host:port"));
const Address = v.pipe(
  v.string("an IP address"),
  v.check((value) => isIP(value) > 0, "an IP address"),
);
const Hosts = v.record(
  v.string(),
  mapping({
    addresses: list(Address),
    connect: v.record(
      v.pipe(v.string(port), v.regex(/^\d{1,5}$/, port)),
      HostPort,
      "a mapping of port numbers to host:port",
    ),
  }),
  "a JSON object of host names",
);

function hosts(variables: Variables, refuse: Refuse): Readonly<Record<string, HostOverride>> {
  const name = "PGWARDEN_HOSTS";
  const text = given(variables, name);
  if (text === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    refuse(name, `${name} is no JSON.`);
    return {};
  }
  const checked = check(Hosts, value, { name, prefix: name });
  if (!checked.ok) {
    for (const { message } of checked.faults) refuse(name, message);
    return {};
  }
  return Object.fromEntries(Object.entries(checked.value).map(([host, override]) => [host.toLowerCase(), override]));
}
