import type { Socket } from "node:net";
import type { Client, QueryResult } from "pg";
import { CollectError } from "../collect/collectError.ts";
import type { CatalogConnection, CatalogPort, CatalogTarget, Rows } from "../collect/collector.ts";
import type { SecretValue } from "../model/secretValue.ts";
import { connectFault } from "./connectFault.ts";
import type { HostOverrides } from "./hostRoute.ts";
import { codeOf } from "./networkFault.ts";
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
  return {
    major,
    async run(statements, signal) {
      try {
        // Without parameters pg sends the simple protocol, and gives one result per statement.
        const answer: unknown = await withinTime(where, messageTimeoutMs, signal, () =>
          client.query(statements.join(";\n")),
        );
        return resultsOf(answer).map(({ rows }): Rows => rows);
      } catch (error) {
        // Cut off in the middle of an answer, or broken: the connection is of no more use.
        if (error instanceof CollectError || codeOf(error) === undefined) socket.destroy();
        throw statementFault(error, where);
      }
    },
    close: () => closeClient({ client, socket }),
  };
}

/** One result for one statement, a list for several: the types of pg know the first case only. */
function resultsOf(answer: unknown): readonly QueryResult[] {
  return (Array.isArray(answer) ? answer : [answer]) as readonly QueryResult[];
}
