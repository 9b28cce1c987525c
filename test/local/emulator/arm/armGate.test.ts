import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  type Answer,
  ARM,
  orders,
  ordersPath,
  startTestAzure,
  SUBSCRIPTION,
  type TestAzure,
  VAULT,
} from "../testAzure.ts";

let azure: TestAzure;

beforeEach(async () => {
  azure = await startTestAzure();
});

afterEach(() => azure.close());

function withToken(token: string): Promise<Answer> {
  return azure.send("GET", ordersPath(azure), { headers: { authorization: token } });
}

function codeOf({ body }: Answer): string {
  return (body as { error: { code: string } }).error.code;
}

describe("armGate", () => {
  it("answers with ARM's headers", async () => {
    const { headers } = await azure.send("GET", ordersPath(azure), { audience: ARM });

    expect(headers["x-ms-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers["x-ms-ratelimit-remaining-subscription-reads"]).toBe("249");
  });

  it("refuses a request without a token, and says where to get one", async () => {
    const answer = await azure.send("GET", ordersPath(azure));

    expect(answer.status).toBe(401);
    expect(codeOf(answer)).toBe("AuthenticationFailed");
    expect(answer.headers["www-authenticate"]).toContain(`https://login.microsoftonline.com/${azure.state.tenantId}`);
    expect(answer.headers["x-ms-request-id"]).toBeDefined();
  });

  it.each([
    ["no JWT", () => "Bearer nonsense"],
    ["another scheme", (token: string) => `Basic ${token}`],
    ["another signature", (token: string) => `Bearer ${token.slice(0, -6)}AAAAAA`],
    ["changed claims", (token: string) => `Bearer ${token.replace(/\.[^.]+\./, ".e30.")}`],
    ["no signature", (token: string) => `Bearer ${token.replace(/\.[^.]+$/, ".")}`],
  ])("refuses a token with %s", async (_, change) => {
    const answer = await withToken(change(await azure.token(ARM)));

    expect(answer.status).toBe(401);
    expect(codeOf(answer)).toBe("InvalidAuthenticationToken");
  });

  it("refuses a token that has expired", async () => {
    const token = await azure.token(ARM);
    azure.clock.now = new Date(azure.clock.now.getTime() + 86_400_000);

    const answer = await withToken(`Bearer ${token}`);

    expect(answer.status).toBe(401);
    expect(codeOf(answer)).toBe("ExpiredAuthenticationToken");
  });

  it("refuses a token for another audience", async () => {
    const answer = await azure.send("GET", ordersPath(azure), { audience: VAULT });

    expect(answer.status).toBe(401);
    expect(codeOf(answer)).toBe("InvalidAuthenticationTokenAudience");
  });

  it("takes a token for the older audience", async () => {
    const { status } = await azure.send("GET", ordersPath(azure), { audience: "https://management.core.windows.net/" });

    expect(status).toBe(200);
  });

  it.each([
    ["no api-version", () => orders(azure).body.id, 400, "MissingApiVersionParameter"],
    ["another api-version", () => ordersPath(azure, "", "2024-08-01"), 400, "InvalidApiVersionParameter"],
    [
      "a subscription that is no UUID",
      () => "/subscriptions/sub1?api-version=2022-12-01",
      400,
      "InvalidSubscriptionId",
    ],
    [
      "an unknown subscription",
      () => `/subscriptions/${SUBSCRIPTION.replaceAll("1", "9")}?api-version=2022-12-01`,
      404,
      "SubscriptionNotFound",
    ],
    ["an unknown group", () => ordersPath(azure).replace("Shop", "nowhere"), 404, "ResourceGroupNotFound"],
    ["an unknown server", () => ordersPath(azure).replace("orders", "nothing"), 404, "ResourceNotFound"],
    ["an unknown type", () => ordersPath(azure).replace("flexibleServers", "servers"), 404, "InvalidResourceType"],
    ["an unknown child type", () => ordersPath(azure, "/nothing"), 404, "InvalidResourceType"],
  ])("refuses %s", async (_, path, status, code) => {
    const answer = await azure.send("GET", path(), { audience: ARM });

    expect(answer.status).toBe(status);
    expect(codeOf(answer)).toBe(code);
  });

  it.each(["POST", "PUT", "DELETE"])("refuses %s on a server", async (method) => {
    const answer = await azure.send(method, ordersPath(azure), { audience: ARM });

    expect(answer.status).toBe(405);
    expect(codeOf(answer)).toBe("MethodNotAllowed");
  });

  it("asks for the token before it says what exists", async () => {
    const answers = [
      await azure.send("GET", ordersPath(azure).replace("orders", "nothing")),
      await azure.send("DELETE", ordersPath(azure)),
      await azure.send("GET", "/subscriptions/x/y/z"),
    ];

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
  });

  it("compares paths without case", async () => {
    const upper = ordersPath(azure).split("?")[0]?.toUpperCase() ?? "";

    const { status, body } = await azure.send("GET", `${upper}?api-version=2025-08-01`, { audience: ARM });

    expect(status).toBe(200);
    expect(body).toEqual(orders(azure).body);
  });

  it("counts reads and writes apart, and lets all pass until limits are enforced", async () => {
    for (let count = 0; count < 250; count += 1) await azure.send("GET", ordersPath(azure), { audience: ARM });

    const unlimited = await azure.send("GET", ordersPath(azure), { audience: ARM });
    azure.state.behaviour.enforceRateLimits = true;
    const limited = await azure.send("GET", ordersPath(azure), { audience: ARM });
    const write = await azure.send("DELETE", ordersPath(azure, "/firewallRules/none"), { audience: ARM });
    azure.clock.now = new Date(azure.clock.now.getTime() + 1000);
    const later = await azure.send("GET", ordersPath(azure), { audience: ARM });

    expect(unlimited.status).toBe(200);
    expect(limited.status).toBe(429);
    expect(codeOf(limited)).toBe("TooManyRequests");
    expect(limited.headers).toMatchObject({
      "retry-after": "1",
      "x-ms-ratelimit-remaining-subscription-reads": "0",
    });
    expect(write.headers["x-ms-ratelimit-remaining-subscription-deletes"]).toBe("199");
    expect(later.headers["x-ms-ratelimit-remaining-subscription-reads"]).toBe("24");
  });
});
