import { describe, expect, it } from "@jest/globals";
import { armClient } from "../../shared/azure/armReader.ts";
import { logReader, logScope } from "../../shared/azure/logReader.ts";
import { identity, localHttps, type Reply } from "./localHttps.ts";

const workspaceId = "/subscriptions/s/resourcegroups/g/providers/microsoft.operationalinsights/workspaces/w";
const columns = [
  { name: "Kind", type: "string" },
  { name: "At", type: "datetime" },
];

async function query(reply: Reply) {
  const service = await localHttps([reply]);
  try {
    const client = armClient(service.endpoint, identity, { scopes: logScope(service.endpoint), maxRetries: 0 });
    const asked = { workspaceId, text: "T | take 1", from: "2026-11-01T00:00:00Z", to: "2026-11-22T00:00:00Z" };
    const rows = await logReader(client, service.endpoint).query(asked, new AbortController().signal);
    return { rows, requests: service.requests };
  } finally {
    await service.close();
  }
}

describe("logReader", () => {
  it("asks in the context of the workspace, for a bounded time, with a token of Log Analytics", async () => {
    const rows = [["role", "2026-11-20T08:00:00.1234567Z"]];

    const answer = await query({ status: 200, body: { tables: [{ name: "PrimaryResult", columns, rows }] } });

    expect(answer.rows).toEqual([{ Kind: "role", At: "2026-11-20T08:00:00.1234567Z" }]);
    expect(answer.requests).toMatchObject([
      {
        method: "POST",
        path: `/v1${workspaceId}/query`,
        body: { query: "T | take 1", timespan: "2026-11-01T00:00:00Z/2026-11-22T00:00:00Z" },
      },
    ]);
    expect(answer.requests[0]?.authorization).toContain("https://api.loganalytics.io/.default");
  });

  it.each([
    ["a part of the rows", { tables: [{ name: "P", columns, rows: [] }], error: { code: "PartialError" } }, "a part"],
    ["no table", { tables: [] }, "without a table"],
    ["another shape", { tables: [{ name: "P", columns: [{}], rows: [] }] }, "unexpected tables.0.columns.0.name"],
  ])("takes no answer from %s", async (_what, body, sentence) => {
    await expect(query({ status: 200, body })).rejects.toMatchObject({
      reason: "shape",
      message: expect.stringContaining(sentence),
    });
  });

  it("asks other clouds for their own tokens, and a proxy for the public one's", () => {
    expect(logScope("https://api.loganalytics.azure.com")).toBe("https://api.loganalytics.io/.default");
    expect(logScope("https://api.loganalytics.us")).toBe("https://api.loganalytics.us/.default");
    expect(logScope("https://api.loganalytics.azure.cn")).toBe("https://api.loganalytics.azure.cn/.default");
    expect(logScope("https://127.0.0.1:4001")).toBe("https://api.loganalytics.io/.default");
  });
});
