import type { Socket } from "node:net";
import type { Client } from "pg";
import { CollectError } from "../collect/collectError.ts";
import type { CatalogConnection, CatalogPort, CatalogTarget } from "../collect/collector.ts";
import type { SecretValue } from "../model/secretValue.ts";
import { connectFault } from "./connectFault.ts";
import type { HostOverrides } from "./hostRoute.ts";
import { codeOf } from "./networkFault.ts";
import { sendMessage } from "./sendMessage.ts";
import { statementFault } from "./statementFault.ts";
import { closeClient, tlsClient } from "./tlsClient.ts";
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
      const { client, socket, offersTls, major } = tlsClient({ ...target, applicationName: "pgwarden" }, secret, hosts);
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

async function tokenFor({ role, host }: CatalogTarget, password: () => Promise<SecretValue>): Promise<SecretValue> {
  try {
    return await password();
  } catch (error) {
    if (error instanceof CollectError) throw error;
    throw new CollectError("denied", `There is no token to log in with as role ${role} on ${host}.`, { cause: error });
  }
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
    close: () => closeClient({ client, socket }),
  };
}
