import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { ARM, orders, ordersPath, rejection, startTestAzure, type TestAzure, VAULT } from "./testAzure.ts";

let azure: TestAzure;

beforeEach(async () => {
  azure = await startTestAzure();
  await azure.token(ARM);
  await azure.token(VAULT);
  azure.emulator.requests.length = 0;
});

afterEach(() => azure.close());

async function status(method = "GET", path = ordersPath(azure)): Promise<number> {
  return (await azure.send(method, path, { audience: ARM })).status;
}

const RULE = { properties: { startIpAddress: "203.0.113.99", endIpAddress: "203.0.113.99" } };

describe("faults", () => {
  it("answers with a status, as often as told, after what it skips", async () => {
    azure.emulator.faults.add({
      path: "/flexibleservers/orders",
      skip: 1,
      times: 2,
      action: { kind: "status", status: 503, headers: { "retry-after": "0" }, code: "Busy" },
    });

    const statuses = [await status(), await status(), await status(), await status()];
    expect(statuses).toEqual([200, 503, 503, 200]);
  });

  it("gives the error the service's shape, or the body asked for", async () => {
    const remove = azure.emulator.faults.add({
      path: "orders",
      action: { kind: "status", status: 403, code: "AuthorizationFailed" },
    });
    const shaped = await azure.send("GET", ordersPath(azure), { audience: ARM });
    remove();
    azure.emulator.faults.add({ path: "orders", action: { kind: "status", status: 200, body: { odd: true } } });
    const own = await azure.send("GET", ordersPath(azure), { audience: ARM });

    expect(shaped).toMatchObject({ status: 403, body: { error: { code: "AuthorizationFailed" } } });
    expect(own).toMatchObject({ status: 200, body: { odd: true } });
  });

  it("meets one method and one path only", async () => {
    azure.emulator.faults.add({
      method: "DELETE",
      path: /\/firewallrules\/office$/i,
      action: { kind: "status", status: 500 },
    });

    expect(await status()).toBe(200);
    expect(await status("GET", ordersPath(azure, "/firewallRules/office"))).toBe(200);
    expect(await status("DELETE", ordersPath(azure, "/firewallRules/office"))).toBe(500);
    expect(orders(azure).firewallRules).toHaveLength(1);
  });

  it("loses an answer: the effect is there, the status is not", async () => {
    azure.emulator.faults.add({
      method: "PUT",
      path: "/firewallRules/",
      action: { kind: "status", status: 500, when: "after" },
    });

    const answer = await azure.send("PUT", ordersPath(azure, "/firewallRules/late"), { audience: ARM, body: RULE });

    expect(answer.status).toBe(500);
    expect(answer.headers).not.toHaveProperty("azure-asyncoperation");
    expect(orders(azure).firewallRules.map(({ name }) => name)).toEqual(["office", "late"]);
  });

  it.each([
    ["before", ["office"]],
    ["after", ["office", "late"]],
  ] as const)("drops the connection %s the effect", async (when, expected) => {
    azure.emulator.faults.add({ method: "PUT", path: "/firewallRules/", times: 1, action: { kind: "drop", when } });

    const error = await rejection(
      azure.send("PUT", ordersPath(azure, "/firewallRules/late"), { audience: ARM, body: RULE }),
    );

    expect(error["code"]).toBe("ECONNRESET");
    expect(orders(azure).firewallRules.map(({ name }) => name)).toEqual(expected);
    expect(azure.emulator.requests.at(-1)).toMatchObject({ service: "arm", method: "PUT", status: 0 });
    expect(await status()).toBe(200);
  });

  it("drops the answer of a stored secret", async () => {
    azure.emulator.faults.add({
      method: "PUT",
      path: "/secrets/app",
      skip: 1,
      times: 1,
      action: { kind: "drop", when: "after" },
    });

    await rejection(azure.vault.setSecret("app", "kept")); // the first request is the challenged one

    expect((await azure.vault.getSecret("app")).value).toBe("kept");
  });

  it("delays", async () => {
    azure.emulator.faults.add({ path: "orders", action: { kind: "delay", ms: 40 } });
    const before = Date.now();

    expect(await status()).toBe(200);
    expect(Date.now() - before).toBeGreaterThanOrEqual(39);
  });

  it("stalls until the client gives up", async () => {
    azure.emulator.faults.add({ path: "orders", action: { kind: "stall" } });

    const error = await rejection(azure.arm.servers.get("shop", "orders", { abortSignal: AbortSignal.timeout(30) }));

    expect(error["name"]).toBe("AbortError");
    expect(azure.emulator.requests.at(-1)).toMatchObject({ status: 0 });
  });

  it("throttles beyond a rate, with and without Retry-After", async () => {
    const remove = azure.emulator.faults.add({
      path: "orders",
      action: { kind: "throttle", limit: 2, windowMs: 1000, retryAfterSeconds: 1 },
    });
    const statuses = [await status(), await status()];
    const refused = await azure.send("GET", ordersPath(azure), { audience: ARM });
    azure.clock.now = new Date(azure.clock.now.getTime() + 1001);
    statuses.push(await status());
    remove();
    azure.emulator.faults.add({
      path: "orders",
      action: { kind: "throttle", limit: 0, windowMs: 1000, retryAfterSeconds: null },
    });
    const silent = await azure.send("GET", ordersPath(azure), { audience: ARM });

    expect(statuses).toEqual([200, 200, 200]);
    expect(refused).toMatchObject({ status: 429, headers: { "retry-after": "1" } });
    expect(silent.status).toBe(429);
    expect(silent.headers).not.toHaveProperty("retry-after");
  });

  it("gives the identity its own shape of error", async () => {
    azure.emulator.faults.add({ path: "/msi/token", action: { kind: "status", status: 410 } });

    const answer = await azure.send("GET", azure.emulator.identityEndpoint);

    expect(answer).toMatchObject({ status: 410, body: { statusCode: 410 } });
  });

  it("is gone after clear", async () => {
    azure.emulator.faults.add({ path: "/", action: { kind: "status", status: 500 } });
    azure.emulator.faults.clear();

    expect(await status()).toBe(200);
  });
});
