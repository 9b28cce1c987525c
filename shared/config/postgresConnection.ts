import { isIP } from "node:net";
import { SecretValue } from "../model/secretValue.ts";
import { isCertificateFile } from "./certificateFile.ts";
import { ConfigError, type ConfigFault } from "./configError.ts";
import { met } from "./schemaFaults.ts";

/** A single PostgreSQL server, as somebody names it on the command line. */
export interface PostgresConnection {
  /** The name that the certificate must carry. */
  readonly host: string;
  /** Where to connect instead of what DNS says of `host`; null: nowhere else. */
  readonly address: string | null;
  readonly port: number;
  readonly database: string;
  readonly role: string;
  readonly password: SecretValue;
  /** PEM file with roots to trust beside those of the process; null: none. */
  readonly rootCertificates: string | null;
}

type Parameters = ReadonlyMap<string, string>;

const source = "the connection string";

const known = ["host", "hostaddr", "port", "dbname", "user", "password", "sslmode", "sslrootcert"];

/** Written into many strings, and of no meaning here. */
const ignored = ["application_name", "channel_binding", "connect_timeout", "target_session_attrs"];

/** Each asks for no more than what is always done: a verified certificate that carries the host's name. */
const verifiedModes = ["require", "verify-ca", "verify-full"];

/**
 * Reads `postgresql://user:password@host:port/database?sslrootcert=…` or `host=… user=…`. The password may come from
 * PGPASSWORD instead. No message holds any part of a string that cannot be read: it may be the password.
 *
 * @throws ConfigError with every fault
 */
export function postgresConnection(
  text: string,
  variables: Readonly<Record<string, string | undefined>>,
): PostgresConnection {
  const faults: ConfigFault[] = [];
  function refuse(name: string, message: string): void {
    faults.push({ path: name, line: null, column: null, message });
  }

  const parameters = /^postgres(?:ql)?:\/\//i.test(text) ? fromUri(text, refuse) : fromWords(text, refuse);
  if (faults.length > 0) throw new ConfigError(source, faults);
  const strange = [...parameters.keys()].filter((name) => ![...known, ...ignored].includes(name));
  if (strange.length > 0) refuse("", `It holds a parameter that pgwarden does not take; allowed: ${known.join(", ")}.`);
  const role = parameters.get("user") ?? "";
  if (role === "") refuse("user", "user is missing: the role to log in with.");
  const password = parameters.get("password") ?? variables["PGPASSWORD"] ?? "";
  if (password === "") refuse("password", "password is missing; set PGPASSWORD, which no list of processes shows.");
  const connection = {
    host: hostOf(parameters, refuse),
    address: addressOf(parameters, refuse),
    port: portOf(parameters, refuse),
    database: parameters.get("dbname") ?? "postgres",
    role,
    password: new SecretValue(password),
    rootCertificates: rootsOf(parameters, refuse),
  };
  refuseUnverified(parameters, refuse);
  if (faults.length > 0) throw new ConfigError(source, faults);
  return connection;
}

type Refuse = (name: string, message: string) => void;

function fromUri(text: string, refuse: Refuse): Parameters {
  const parameters = new Map<string, string>();
  try {
    const { hostname, port, pathname, username, password, searchParams } = new URL(text);
    const parts = { host: hostname.replace(/^\[|\]$/g, ""), port, dbname: pathname.slice(1), user: username, password };
    for (const [name, value] of Object.entries(parts))
      if (value !== "") parameters.set(name, name === "port" ? value : decodeURIComponent(value));
    for (const [name, value] of searchParams) parameters.set(name, value);
  } catch {
    refuse("", "It is no postgresql:// address; special characters of the password are percent-encoded.");
  }
  return parameters;
}

const pair = /\s*([a-z_]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))(?:\s+|$)/gy;

function fromWords(text: string, refuse: Refuse): Parameters {
  const parameters = new Map<string, string>();
  let end = 0;
  for (const [whole, name = "", quoted, plain] of text.trim().matchAll(pair)) {
    parameters.set(name, (quoted ?? plain ?? "").replaceAll(/\\(.)/g, "$1"));
    end += whole.length;
  }
  if (parameters.size === 0 || end < text.trim().length)
    refuse("", "It is neither a postgresql:// address nor a list such as host=db.example.com user=auditor.");
  return parameters;
}

function hostOf(parameters: Parameters, refuse: Refuse): string {
  const host = parameters.get("host") ?? "";
  if (host === "") refuse("host", "host is missing: the name that the server's certificate carries.");
  else if (!/^[A-Za-z0-9_.-]+$/.test(host) && isIP(host) === 0)
    refuse("host", "host is no single host name or address; a socket has no TLS, and several hosts are several scans.");
  return host;
}

function addressOf(parameters: Parameters, refuse: Refuse): string | null {
  const address = parameters.get("hostaddr") ?? null;
  if (address !== null && isIP(address) === 0)
    refuse("hostaddr", `hostaddr is ${met(address)}; allowed: an IP address.`);
  return address;
}

function portOf(parameters: Parameters, refuse: Refuse): number {
  const text = parameters.get("port") ?? "5432";
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535)
    refuse("port", `port is ${met(text)}; allowed: a number from 1 to 65535.`);
  return port;
}

function rootsOf(parameters: Parameters, refuse: Refuse): string | null {
  const path = parameters.get("sslrootcert") ?? "system";
  if (path === "system") return null;
  if (!isCertificateFile(path))
    refuse(
      "sslrootcert",
      `sslrootcert is ${met(path)}; allowed: system, or a readable PEM file that begins with a certificate.`,
    );
  return path;
}

function refuseUnverified(parameters: Parameters, refuse: Refuse): void {
  const mode = parameters.get("sslmode");
  if (mode === undefined || verifiedModes.includes(mode)) return;
  refuse(
    "sslmode",
    `sslmode is ${met(mode)}; allowed: verify-full. The certificate is always verified; sslrootcert names its root.`,
  );
}
