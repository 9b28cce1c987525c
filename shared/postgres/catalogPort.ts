import { isIP, Socket } from "node:net";
import { Client } from "pg";
import { CollectError } from "../collect/collectError.ts";
import type { CatalogConnection, CatalogPort, CatalogTarget } from "../collect/collector.ts";
import type { SecretValue } from "../model/secretValue.ts";
import { connectFault } from "./connectFault.ts";
import { routeOf, type HostOverrides } from "./hostRoute.ts";
import { codeOf } from "./networkFault.ts";
import { sendMessage } from "./sendMessage.ts";
import { statementFault } from "./statementFault.ts";
import { withinTime } from "./withinTime.ts";

export interface CatalogPortOptions {
  /** The password of the next login: an Entra token for the database, as fresh as the login needs. */
  readonly password: () => Promise<SecretValue>;
  readonly hosts?: HostOverrides;
  readonly connectTimeoutMs?: number;
  /** Of one message; a little longer than the statement timeout that the server keeps itself. */
  readonly messageTimeoutMs?: number;
}

/** Connections to PostgreSQL over TLS whose certificate and name are always verified; there is no option for less. */
export function catalogPort({
  password,
  hosts = {},
  connectTimeoutMs = 15_000,
  messageTimeoutMs = 90_000,
}: CatalogPortOptions): CatalogPort {
  return {
    async open(target, signal) {
      const where = `${target.host}:${target.port}`;
      // Before the connection, not within it: the server looks up the role when a login begins, and gives it a minute.
      const secret = await withinTime(where, connectTimeoutMs, signal, () => tokenFor(target, password));
      const { socket, offersTls } = routedSocket(routeOf(hosts, target.host, target.port));
      const client = clientFor(target, socket, secret);
      const major = majorOf(client);
      try {
        await withinTime(where, connectTimeoutMs, signal, () => client.connect());
      } catch (error) {
        socket.destroy();
        if (!offersTls()) throw new CollectError("absent", `${where} offers no TLS, and nothing is sent without it.`);
        throw connectFault(error, target);
      }
      return connectionOver({ client, socket, where, major: major(), messageTimeoutMs });
    },
  };
}

function clientFor(target: CatalogTarget, socket: Socket, secret: SecretValue): Client {
  const client = new Client({
    // pg verifies the certificate against this name also when the socket leads elsewhere.
    host: target.host,
    port: target.port,
    database: target.database,
    user: target.role,
    password: secret.reveal(),
    application_name: "pgwarden",
    ssl: { rejectUnauthorized: true, minVersion: "TLSv1.2", host: target.host, ...serverName(target.host) },
    stream: () => socket,
  });
  // A connection that breaks between two statements; the next statement says so.
  client.on("error", () => undefined);
  return client;
}

/** An address may not be sent as a server name (RFC 6066); the certificate is verified against it all the same. */
function serverName(host: string): { readonly servername?: string } {
  return isIP(host) === 0 ? { servername: host } : {};
}

async function tokenFor({ role, host }: CatalogTarget, password: () => Promise<SecretValue>): Promise<SecretValue> {
  try {
    return await password();
  } catch (error) {
    if (error instanceof CollectError) throw error;
    throw new CollectError("denied", `There is no token to log in with as role ${role} on ${host}.`, { cause: error });
  }
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

interface OpenConnection {
  readonly client: Client;
  readonly socket: Socket;
  readonly where: string;
  readonly major: number;
  readonly messageTimeoutMs: number;
}

function connectionOver({ client, socket, where, major, messageTimeoutMs }: OpenConnection): CatalogConnection {
  async function answerOf<T>(query: () => Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await withinTime(where, messageTimeoutMs, signal, query);
    } catch (error) {
      // Cut off in the middle of an answer, or broken: the connection is of no more use.
      if (error instanceof CollectError || codeOf(error) === undefined) socket.destroy();
      throw statementFault(error, where);
    }
  }
  return {
    major,
    run: (statements, signal) => answerOf(() => sendMessage(client, statements), signal),
    async ask(statement, values, signal) {
      const query = { text: statement, values: [...values] };
      return (await answerOf(() => client.query<Readonly<Record<string, unknown>>>(query), signal)).rows;
    },
    async close() {
      try {
        await withinTime(where, 2_000, new AbortController().signal, () => client.end());
      } catch {
        // It is closed in any case.
      } finally {
        socket.destroy();
      }
    },
  };
}
