import * as v from "valibot";
import { CollectError } from "../collect/collectError.ts";
import type { LogReader } from "../collect/collector.ts";
import type { ArmClient } from "./armReader.ts";

/** Where a cloud's own service takes other tokens than the public one's. */
const audiences: Readonly<Record<string, string>> = {
  "api.loganalytics.us": "https://api.loganalytics.us",
  "api.loganalytics.azure.cn": "https://api.loganalytics.azure.cn",
};

const Answer = v.object({
  tables: v.array(
    v.object({
      name: v.string(),
      columns: v.array(v.object({ name: v.string(), type: v.string() })),
      rows: v.array(v.array(v.unknown())),
    }),
  ),
  error: v.optional(v.object({ code: v.optional(v.string()) })),
});

/** The token's audience, whatever the endpoint of the public cloud: an emulator or a proxy has none of its own. */
export function logScope(endpoint: string): string {
  return `${audiences[new URL(endpoint).hostname] ?? "https://api.loganalytics.io"}/.default`;
}

/**
 * Queries of Log Analytics, each in the context of a workspace: without a right on it the service refuses, where a
 * query of the resource would find nothing.
 *
 * @param client one that asks for tokens of `logScope`
 * @param endpoint `https://api.loganalytics.azure.com`, or another cloud's or the local Azure's
 */
export function logReader(client: ArmClient, endpoint: string): LogReader {
  return {
    async query({ workspaceId, text, from, to }, signal) {
      const url = new URL(endpoint);
      url.pathname = `/v1${workspaceId}/query`;
      const body = { query: text, timespan: `${from}/${to}` };
      return rowsOf((await client.send({ method: "POST", url, body }, signal)).body);
    },
  };
}

/** A part of the rows comes with status 200 and an error beside it: it would look like all of them. */
function rowsOf(body: unknown): readonly Readonly<Record<string, unknown>>[] {
  const answer = v.safeParse(Answer, body);
  if (!answer.success) {
    const place = v.getDotPath(answer.issues[0]) ?? "body";
    throw new CollectError("shape", `Log Analytics answered with an unexpected ${place}.`);
  }
  const { tables, error } = answer.output;
  if (error !== undefined) throw new CollectError("shape", "Log Analytics answered with a part of the rows only.");
  const [table] = tables;
  if (table === undefined) throw new CollectError("shape", "Log Analytics answered without a table.");
  return table.rows.map((row) => Object.fromEntries(table.columns.map(({ name }, index) => [name, row[index]])));
}
