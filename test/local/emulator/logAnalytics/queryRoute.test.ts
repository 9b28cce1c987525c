import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { armClient } from "../../../../shared/azure/armReader.ts";
import { logReader, logScope } from "../../../../shared/azure/logReader.ts";
import { CollectError } from "../../../../shared/collect/collectError.ts";
import type { LogQuery } from "../../../../shared/collect/collector.ts";
import { loginQuery } from "../../../../shared/collect/loginQuery.ts";
import type { WorkspaceState } from "../../../../shared/local/emulator/azureState.ts";
import { LOGS_AUDIENCE } from "../../../../shared/local/emulator/logAnalytics/queryRoute.ts";
import { ARM, scanner, startTestAzure, SUBSCRIPTION, type TestAzure } from "../testAzure.ts";

const forever = new AbortController().signal;
const workspaceId = `/subscriptions/${SUBSCRIPTION}/resourceGroups/Watch/providers/Microsoft.OperationalInsights/workspaces/Security`;
const serverId = `/subscriptions/${SUBSCRIPTION}/resourceGroups/Shop/providers/Microsoft.DBforPostgreSQL/flexibleServers/orders`;
const path = `/v1${workspaceId}/query`;

let azure: TestAzure;
let workspace: WorkspaceState;

beforeAll(async () => {
  azure = await startTestAzure();
  setDefaultCACertificates([...getCACertificates("default"), azure.ca]);
});

afterAll(async () => {
  await azure.close();
});

beforeEach(() => {
  azure.emulator.faults.clear();
  workspace = { readers: [scanner.objectId], lines: [], rowLimit: 500_000 };
  azure.state.workspaces.set(workspaceId.toLowerCase(), workspace);
});

function log(at: string, message: string, resourceId = serverId): void {
  workspace.lines.push({ at, resourceId, message: `${at} UTC-6aaae7b4.1dc3-LOG:  ${message}` });
}

/** Through the adapter that the product uses, with a token of the emulator. */
function query(override: Partial<LogQuery> = {}) {
  const credential = {
    getToken: async (scopes: string | string[]) => ({
      token: await azure.token(String(scopes).replace(/\/\.default$/, "")),
      expiresOnTimestamp: Date.now() + 3_600_000,
    }),
  };
  const endpoint = azure.emulator.url;
  const client = armClient(endpoint, credential, { scopes: logScope(endpoint), maxRetries: 1, firstDelayMs: 1 });
  const text = loginQuery(serverId.toLowerCase());
  const whole = { workspaceId, text, from: "2026-11-01T00:00:00.000Z", to: "2026-11-22T12:00:00.000Z" };
  return logReader(client, endpoint).query({ ...whole, ...override }, forever);
}

async function faultOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof CollectError) return `${error.reason}: ${error.message}`;
    throw error;
  }
  throw new Error("It did not fail.");
}

describe("the query route of Log Analytics", () => {
  it("gives the newest login of each role and the oldest of each day, of one server and one time", async () => {
    log("2026-11-20T08:00:00.000Z", "connection authorized: user=app_rw database=shop application_name=x SSL enabled");
    log("2026-11-21T09:00:00.000Z", 'connection authorized: user=it\'s "odd" database=shop');
    log("2026-11-21T10:00:00.000Z", "replication connection authorized: user=app_rw SSL enabled (protocol=TLSv1.3)");
    log("2026-10-31T23:00:00.000Z", "connection authorized: user=early database=shop");
    log("2026-11-21T11:00:00.000Z", "connection authorized: user=other database=shop", `${serverId}2`);

    expect(await query()).toEqual([
      { Kind: "role", Name: "app_rw", At: "2026-11-21T10:00:00.000Z" },
      { Kind: "role", Name: `it's "odd"`, At: "2026-11-21T09:00:00.000Z" },
      { Kind: "day", Name: "2026-11-20", At: "2026-11-20T08:00:00.000Z" },
      { Kind: "day", Name: "2026-11-21", At: "2026-11-21T09:00:00.000Z" },
    ]);
  });

  it("is not taken in by statements and names that repeat the words", async () => {
    log("2026-11-20T08:00:00.000Z", "statement: select 'LOG:  connection authorized: user=victim database=x'");
    log("2026-11-20T09:00:00.000Z", "connection authorized: user=app_rw database=shop application_name=y database=z");
    log("2026-11-20T10:00:00.000Z", "connection received: host=127.0.0.1");

    expect((await query()).filter(({ Kind }) => Kind === "role")).toEqual([
      { Kind: "role", Name: "app_rw", At: "2026-11-20T09:00:00.000Z" },
    ]);
  });

  it("answers an empty workspace with no rows, which is an answer", async () => {
    expect(await query()).toEqual([]);
  });

  it("takes tokens of its own audience only, in the words of the service", async () => {
    const body = { query: loginQuery(serverId) };
    const answers = await Promise.all([
      azure.send("POST", path, { body }),
      azure.send("POST", path, { body, audience: ARM }),
      azure.send("POST", path, { body, audience: LOGS_AUDIENCE }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([401, 403, 200]);
    expect(answers[1].body).toMatchObject({ error: { code: "InvalidAuthenticationTokenAudience" } });
    expect(answers[2].body).toEqual({
      tables: [
        {
          name: "PrimaryResult",
          columns: [
            { name: "Kind", type: "string" },
            { name: "Name", type: "string" },
            { name: "At", type: "datetime" },
          ],
          rows: [],
        },
      ],
    });
  });

  it("refuses who is no reader, a workspace that is not there and a query that it does not know", async () => {
    workspace.readers = [];
    const denied = await faultOf(query());
    workspace.readers = [scanner.objectId];

    expect(denied).toBe(`denied: POST ${path} was refused (403).`);
    expect(await faultOf(query({ workspaceId: `${workspaceId}2` }))).toMatch(/^absent: /);
    expect(await faultOf(query({ text: "PGSQLServerLogs | take 1" }))).toMatch(/^shape: .*\(400\)\.$/);
  });

  it("says when rows are missing, which the adapter takes for no answer", async () => {
    log("2026-11-20T08:00:00.000Z", "connection authorized: user=app_rw database=shop");
    workspace.rowLimit = 1;

    const answer = await azure.send("POST", path, { body: { query: loginQuery(serverId) }, audience: LOGS_AUDIENCE });

    expect(answer).toMatchObject({ status: 200, body: { error: { code: "PartialError" } } });
    expect(await faultOf(query())).toBe("shape: Log Analytics answered with a part of the rows only.");
  });

  it("meets faults as every route does, and keeps its name in the record of requests", async () => {
    azure.emulator.faults.add({ path: "/query", times: 1, action: { kind: "status", status: 503 } });
    expect(await query()).toEqual([]);
    azure.emulator.faults.add({ path: "/query", action: { kind: "status", status: 204 } });
    expect(await faultOf(query())).toMatch(/^shape: /);

    expect(azure.emulator.requests.at(-1)).toEqual({ service: "logAnalytics", method: "POST", path, status: 204 });
  });
});
