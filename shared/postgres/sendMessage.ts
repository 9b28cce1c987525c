import { type Client, Query } from "pg";
import type { Rows, Statement } from "../collect/collector.ts";

/**
 * Sends statements as one message of the simple protocol, for which pg gives no promise once somebody listens to rows.
 *
 * @returns the rows of each statement, none of one that took them as they arrived
 * @throws what pg throws
 */
export async function sendMessage(client: Client, statements: readonly Statement[]): Promise<readonly Rows[]> {
  const answers = statements.map((): unknown[] => []);
  const takers = statements.map((statement, index) =>
    typeof statement === "string" ? (row: unknown) => answers[index]?.push(row) : statement.begin(),
  );
  // The server ends every statement with one CommandComplete, whether it has rows or not.
  let answered = 0;
  function onComplete(): void {
    answered += 1;
  }
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const query = new Query<Readonly<Record<string, unknown>>>(statements.map(textOf).join(";\n"));
  query.on("row", (row) => takers[answered]?.(row));
  query.on("error", reject);
  query.on("end", () => {
    resolve(undefined);
  });
  client.connection.on("commandComplete", onComplete);
  try {
    client.query(query);
    await promise;
    return answers;
  } finally {
    client.connection.off("commandComplete", onComplete);
  }
}

function textOf(statement: Statement): string {
  return typeof statement === "string" ? statement : statement.sql;
}
