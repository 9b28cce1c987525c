import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { ARM, type Answer, claimsOf, scanner, startTestAzure, TENANT, type TestAzure } from "../testAzure.ts";

let azure: TestAzure;

beforeEach(async () => {
  azure = await startTestAzure();
});

afterEach(async () => {
  await azure.close();
});

function ask(query: string, header: string | null = azure.emulator.identityHeader): Promise<Answer> {
  const headers = header === null ? {} : { "x-identity-header": header };
  return azure.send("GET", `${azure.emulator.identityEndpoint}?${query}`, { headers });
}

const complete = `api-version=2019-08-01&resource=${ARM}&client_id=${scanner.clientId}`;

describe("tokenRoute", () => {
  it("echoes the resource exactly, with its slash", async () => {
    const { status, body } = await ask(complete.replace(ARM, `${ARM}/`));

    expect(status).toBe(200);
    expect(body).toMatchObject({ resource: `${ARM}/`, token_type: "Bearer" });
    expect(claimsOf((body as { access_token: string }).access_token)["aud"]).toBe(ARM);
  });

  it("hands the token of the database audience to PostgreSQL, each time the same", async () => {
    const database = "https://ossrdbms-aad.database.windows.net";

    const first = await azure.token(database);
    const second = await azure.token(database);

    expect(second).toBe(first);
    const expiresAt = new Date(Number(claimsOf(first)["exp"]) * 1000);
    expect([...azure.postgres.tokens]).toEqual([[scanner.name, { token: first, expiresAt }]]);
  });

  it("mints a new token after half of the life of the old one", async () => {
    const first = await azure.token(ARM);
    azure.clock.now = new Date(azure.clock.now.getTime() + 13 * 3_600_000);

    expect(await azure.token(ARM)).not.toBe(first);
  });

  it("means the system-assigned identity when none is named", async () => {
    const unnamed = complete.replace(/&client_id=.*/, "");
    const before = await ask(unnamed);
    azure.state.identities.push({ ...scanner, clientId: "bbbbbbbb-0000-0000-0000-000000000003", systemAssigned: true });
    const after = await ask(unnamed);

    expect(before.status).toBe(400);
    expect(after.status).toBe(200);
  });

  it.each([
    ["a missing header", complete, null, 401],
    ["a wrong header", complete, "wrong", 403],
    ["no api-version", complete.replace(/api-version=[^&]*&/, ""), undefined, 400],
    ["another api-version", complete.replace("2019-08-01", "2017-09-01"), undefined, 400],
    ["an unknown resource", complete.replace(ARM, "https://example.org"), undefined, 400],
    ["no resource", complete.replace(/&resource=[^&]*/, ""), undefined, 400],
    ["an unknown identity", complete.replace(scanner.clientId, TENANT), undefined, 400],
  ])("refuses %s", async (_, query, header, status) => {
    const answer = await ask(query, header);

    expect(answer).toMatchObject({ status, body: { statusCode: status } });
  });

  it("refuses another method", async () => {
    const { status } = await azure.send("POST", azure.emulator.identityEndpoint);

    expect(status).toBe(405);
  });
});
