import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { armClient } from "../../shared/azure/armReader.ts";
import { resourceGraph } from "../../shared/azure/resourceGraph.ts";
import type { ResourceGraphScope } from "../../shared/collect/collector.ts";
import { identity, localHttps, type Reply } from "./localHttps.ts";

const forever = new AbortController().signal;
const text = "resources | project id";

async function query(replies: readonly Reply[], scope: Partial<ResourceGraphScope> = { subscriptions: ["s1"] }) {
  const service = await localHttps(replies);
  try {
    const graph = resourceGraph(armClient(service.endpoint, identity, { firstDelayMs: 1 }), service.endpoint);
    const answer = await graph.query(text, { subscriptions: [], managementGroups: [], ...scope }, forever);
    return { answer, requests: service.requests };
  } finally {
    await service.close();
  }
}

function page(ids: readonly string[], totalRecords: number, rest: object = {}): Reply {
  const data = ids.map((id) => ({ id }));
  return {
    status: 200,
    body: { count: ids.length, data, facets: [], resultTruncated: "false", totalRecords, ...rest },
  };
}

describe("resourceGraph", () => {
  it("asks for rows as objects, and goes on by the token until there is none", async () => {
    const { answer, requests } = await query([page(["/a"], 2, { $skipToken: "next" }), page(["/b"], 2)]);

    expect(answer).toEqual({ rows: [{ id: "/a" }, { id: "/b" }], truncated: false });
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual(
      Array(2).fill("POST /providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01"),
    );
    expect(requests[1]?.body).toEqual({
      query: text,
      subscriptions: ["s1"],
      options: { resultFormat: "objectArray", $top: 1000, $skipToken: "next" },
    });
  });

  it("takes the official answer, which is a page of more", async () => {
    const file = join(__dirname, "../fixtures/azure/resourcegraph/ResourcesNextPageQuery.json");
    const example = JSON.parse(readFileSync(file, "utf8")) as { responses: { "200": { body: object } } };

    const { answer } = await query([{ status: 200, body: example.responses["200"].body }, page(["/last"], 386)]);

    expect(answer.rows).toHaveLength(4);
    expect(answer.truncated).toBe(true);
  });

  it.each([
    ["the service says so", page(["/a"], 1, { resultTruncated: "true" })],
    ["there are more records than rows", page(["/a"], 7)],
    [
      "there are more subscriptions than it looks at",
      {
        status: 200,
        headers: { "x-ms-tenant-subscription-limit-hit": "true" },
        body: { data: [], totalRecords: 0, resultTruncated: "false" },
      },
    ],
    ["pages never end", page(["/a"], 1, { $skipToken: "again" })],
  ])("is truncated when %s", async (_when, reply) => {
    expect((await query([reply])).answer.truncated).toBe(true);
  });

  it("asks about 250 subscriptions at a time, then about management groups", async () => {
    const subscriptions = Array.from({ length: 300 }, (_, index) => `s${index}`);

    const { requests } = await query([page([], 0)], { subscriptions, managementGroups: ["mg"] });

    expect(requests.map(({ body }) => body)).toMatchObject([
      { subscriptions: subscriptions.slice(0, 250) },
      { subscriptions: subscriptions.slice(250) },
      { managementGroups: ["mg"] },
    ]);
  });

  it("asks about everything when no scope is named", async () => {
    const { requests } = await query([page([], 0)], { subscriptions: [] });

    expect(requests).toHaveLength(1);
    expect(requests[0]?.body).not.toHaveProperty("subscriptions");
  });

  it("waits until the quota is reset", async () => {
    const headers = { "x-ms-user-quota-remaining": "0", "x-ms-user-quota-resets-after": "00:00:01" };

    const { answer } = await query([{ status: 429, headers }, page(["/a"], 1)]);

    expect(answer.rows).toHaveLength(1);
  });

  it("takes an answer without rows for a misfit", async () => {
    await expect(query([{ status: 200, body: { count: 0 } }])).rejects.toMatchObject({ reason: "shape" });
    await expect(query([{ status: 403 }])).rejects.toMatchObject({ reason: "denied" });
  });
});
