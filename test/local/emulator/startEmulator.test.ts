import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { ARM, ordersPath, rejection, startTestAzure } from "./testAzure.ts";

function refusal(url: string, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), host);
    socket.once("error", (error: NodeJS.ErrnoException) => {
      resolve(error.code);
    });
    socket.once("connect", () => {
      socket.destroy();
      resolve(undefined);
    });
  });
}

describe("startEmulator", () => {
  it("listens on 127.0.0.1 only", async () => {
    const azure = await startTestAzure();

    const { url, identityEndpoint } = azure.emulator;
    const answers = await Promise.all([url, identityEndpoint].map((endpoint) => refusal(endpoint, "127.0.0.2")));
    await azure.close();

    expect([new URL(url).hostname, new URL(identityEndpoint).hostname]).toEqual(["127.0.0.1", "127.0.0.1"]);
    expect(answers).toEqual(["ECONNREFUSED", "ECONNREFUSED"]);
  });

  it("closes at once with connections open and requests stalled", async () => {
    const azure = await startTestAzure();
    await azure.send("GET", ordersPath(azure), { audience: ARM });
    azure.emulator.faults.add({ path: "orders", action: { kind: "stall" } });
    const stalled = rejection(azure.send("GET", ordersPath(azure), { audience: ARM }));
    for (let wait = 0; wait < 500 && azure.emulator.requests.at(-1)?.status !== 0; wait += 1) await sleep(2);

    await azure.close();

    expect((await stalled)["code"]).toBe("ECONNRESET");
    expect(await refusal(azure.emulator.url, "127.0.0.1")).toBe("ECONNREFUSED");
  });

  it("logs the path of a request, and neither query nor body nor token", async () => {
    const azure = await startTestAzure();
    const secret = "a-secret-value";

    await azure.vault.setSecret("app", secret);
    const log = JSON.stringify(azure.emulator.requests);
    const token = await azure.token(ARM);
    await azure.close();

    expect(log).not.toContain(secret);
    expect(log).not.toContain("api-version");
    expect(log).not.toContain(token);
  });

  it("answers 404 to a path of no service", async () => {
    const azure = await startTestAzure();

    const answers = [
      await azure.send("GET", "/nothing", { audience: ARM }),
      await azure.send("GET", azure.emulator.identityEndpoint.replace("/msi/token", "/other")),
    ];
    await azure.close();

    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  });

  it("gives each start tokens that no other start takes", async () => {
    const [first, second] = [await startTestAzure(), await startTestAzure()];

    const authorization = `Bearer ${await first.token(ARM)}`;
    const { status } = await second.send("GET", ordersPath(second), { headers: { authorization } });
    await Promise.all([first.close(), second.close()]);

    expect(status).toBe(401);
    expect(first.emulator.identityHeader).not.toBe(second.emulator.identityHeader);
  });
});
