import { isIP, Socket } from "node:net";
import { Client } from "pg";
import type { SecretValue } from "../model/secretValue.ts";
import { routeOf, type HostOverrides } from "./hostRoute.ts";
import { withinTime } from "./withinTime.ts";

export interface TlsTarget {
  /** The name that the certificate must carry. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly role: string;
  readonly applicationName: string;
  /** Command-line options of the session, such as `-c search_path=pg_catalog`. */
  readonly options?: string;
}

/** A client that has not connected yet, over a socket of ours. */
export interface TlsClient {
  readonly client: Client;
  readonly socket: Socket;
  /** False once the server has answered SSLRequest with N. */
  readonly offersTls: () => boolean;
  /** The server's own word, sent at login; NaN before. */
  readonly major: () => number;
}

/** TLS whose certificate and name are always verified; there is no option for less. */
export function tlsClient(target: TlsTarget, password: SecretValue, hosts: HostOverrides): TlsClient {
  const { host, port, database, role, applicationName, options } = target;
  const { socket, offersTls } = routedSocket(routeOf(hosts, host, port));
  const client = new Client({
    // pg verifies the certificate against this name also when the socket leads elsewhere.
    host,
    port,
    database,
    user: role,
    password: password.reveal(),
    application_name: applicationName,
    ...(options !== undefined && { options }),
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    ssl: { rejectUnauthorized: true, minVersion: "TLSv1.2", host, ...serverName(host) },
    stream: () => socket,
  });
  // A connection that breaks between two statements; the next statement says so.
  client.on("error", () => undefined);
  return { client, socket, offersTls, major: majorOf(client) };
}

/** Says goodbye for at most two seconds; the socket is closed in any case. */
export async function closeClient({ client, socket }: Pick<TlsClient, "client" | "socket">): Promise<void> {
  try {
    await withinTime("The server", 2_000, new AbortController().signal, () => client.end());
  } catch {
    // It is closed in any case.
  } finally {
    socket.destroy();
  }
}

/** An address may not be sent as a server name (RFC 6066); the certificate is verified against it all the same. */
function serverName(host: string): { readonly servername?: string } {
  return isIP(host) === 0 ? { servername: host } : {};
}

/** A socket that goes where the route leads, whatever host it is told, and sees how SSLRequest was answered. */
function routedSocket(route: { host: string; port: number }): { socket: Socket; offersTls: () => boolean } {
  const socket = new Socket();
  const connect = socket.connect.bind(socket);
  socket.connect = () => connect(route);
  let refused = false;
  socket.once("data", (bytes: Buffer) => {
    refused = bytes[0] === 0x4e; // N
  });
  return { socket, offersTls: () => !refused };
}

/** The server's own word, sent at login; 18beta1 is 18. */
function majorOf(client: Client): () => number {
  let version = "";
  client.connection.on("parameterStatus", (message: { parameterName: string; parameterValue: string }) => {
    if (message.parameterName === "server_version") version = message.parameterValue;
  });
  return () => Number.parseInt(version, 10);
}
