import * as v from "valibot";
import type { ResourceGraphAnswer, ResourceGraphReader, ResourceGraphScope } from "../collect/collector.ts";
import { CollectError } from "../collect/collectError.ts";
import type { ArmClient } from "./armReader.ts";

const path = "/providers/Microsoft.ResourceGraph/resources";
const apiVersion = "2024-04-01";

/** The service wants fewer than 300 subscriptions in one query (azure.md §2). */
const subscriptionsPerQuery = 250;
const managementGroupsPerQuery = 10;
const rowsPerPage = 1000;
/** 100,000 rows for one batch: no fleet has more servers. */
const maxPages = 100;

const QueryAnswer = v.object({
  data: v.array(v.unknown()),
  totalRecords: v.number(),
  resultTruncated: v.picklist(["true", "false"]),
  $skipToken: v.nullish(v.string()),
});

/** Queries of Resource Graph, every page of them. */
export function resourceGraph(client: ArmClient, endpoint: string): ResourceGraphReader {
  const url = new URL(endpoint);
  url.pathname = path;
  url.searchParams.set("api-version", apiVersion);

  async function queryBatch(query: string, batch: object, signal: AbortSignal): Promise<ResourceGraphAnswer> {
    const rows: unknown[] = [];
    let skipToken: string | undefined;
    for (let page = 0; page < maxPages; page += 1) {
      const options = {
        resultFormat: "objectArray",
        $top: rowsPerPage,
        ...(skipToken !== undefined && { $skipToken: skipToken }),
      };
      const answer = await client.send({ method: "POST", url, body: { query, ...batch, options } }, signal);
      const { data, totalRecords, resultTruncated, $skipToken } = parsed(answer.body);
      rows.push(...data);
      if ($skipToken === undefined || $skipToken === null || $skipToken === "") {
        const limitHit = answer.header("x-ms-tenant-subscription-limit-hit")?.toLowerCase() === "true";
        return { rows, truncated: limitHit || resultTruncated === "true" || rows.length < totalRecords };
      }
      skipToken = $skipToken;
    }
    return { rows, truncated: true };
  }

  return {
    async query(text, scope, signal) {
      const rows: unknown[] = [];
      let truncated = false;
      for (const batch of batchesOf(scope)) {
        const answer = await queryBatch(text, batch, signal);
        rows.push(...answer.rows);
        truncated ||= answer.truncated;
      }
      return { rows, truncated };
    },
  };
}

function parsed(body: unknown): v.InferOutput<typeof QueryAnswer> {
  const answer = v.safeParse(QueryAnswer, body);
  if (answer.success) return answer.output;
  const place = v.getDotPath(answer.issues[0]) ?? "the body";
  throw new CollectError("shape", `Resource Graph answered with an unexpected ${place}.`);
}

/** A query is about subscriptions or about management groups, never both; about neither it is about all. */
function batchesOf({ subscriptions, managementGroups }: ResourceGraphScope): readonly object[] {
  const batches = [
    ...chunks(subscriptions, subscriptionsPerQuery).map((batch) => ({ subscriptions: batch })),
    ...chunks(managementGroups, managementGroupsPerQuery).map((batch) => ({ managementGroups: batch })),
  ];
  return batches.length === 0 ? [{}] : batches;
}

function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const starts = Array.from({ length: Math.ceil(items.length / size) }, (_, index) => index * size);
  return starts.map((start) => items.slice(start, start + size));
}
