import type { TokenCredential } from "@azure/core-auth";
import { AzureLogger, setLogLevel } from "@azure/logger";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { armClient, armReader } from "../../shared/azure/armReader.ts";
import { serverAdministration, type ServerAdministrationOptions } from "../../shared/azure/serverAdministration.ts";
import type { FaultAction } from "../../shared/local/emulator/faults.ts";
import { SecretValue } from "../../shared/model/secretValue.ts";
import type { ServerAdministration } from "../../shared/rotate/ports.ts";
import { RotationError } from "../../shared/rotate/rotationError.ts";
import { orders, startTestAzure, type TestAzure } from "../local/emulator/testAzure.ts";
import { trust } from "../postgres/localTarget.ts";
import { everythingOf } from "./leaks.ts";
import { deadEndpoint } from "./realStorage.ts";

const { signal } = new AbortController();
const password = "Hunter2-Hunter2-Hunter2-Hunter2-Hunter2x";
const secret = new SecretValue(password);

let azure: TestAzure;

beforeEach(async () => {
  azure = await startTestAzure();
  trust(azure.ca);
});

afterEach(() => azure.close());

function administration(
  options: Partial<ServerAdministrationOptions> = {},
  credential: TokenCredential = azure.credential,
): ServerAdministration {
  const endpoint = options.endpoint ?? azure.emulator.url;
  const reader = armReader(armClient(endpoint, credential, { maxRetries: 1, firstDelayMs: 10 }), endpoint);
  return serverAdministration(credential, { endpoint, reader, ...options });
}

function serverId(): string {
  return orders(azure).body.id.toLowerCase();
}

function setPassword(): string | undefined {
  return azure.postgres.passwords.get(`${serverId()} pgadmin`);
}

function fail(action: FaultAction, path: string | RegExp = "/flexibleServers/orders", method = "PATCH"): void {
  azure.emulator.faults.add({ method, path, action });
}

async function faultOf(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(everythingOf(error)).not.toContain(password);
  if (!(error instanceof RotationError)) throw new Error("It did not fail with a RotationError.", { cause: error });
  const { code, effect, retryAfterMs, message, remedy } = error;
  return { code, effect, retryAfterMs, message, remedy };
}

function submit(): Promise<string | null> {
  return administration().submitPassword(serverId(), secret, signal);
}

describe("read", () => {
  it("says what stands in the way of a new password", async () => {
    const { properties } = orders(azure).body;
    const before = await administration().read(serverId(), signal);
    properties.authConfig.passwordAuth = "Disabled";
    properties.replicationRole = "AsyncReplica";
    properties.state = "Updating";

    expect([before, await administration().read(serverId(), signal)]).toEqual([
      { state: "Ready", passwordAuthentication: true, replicationRole: "Primary", administratorLogin: "pgadmin" },
      {
        state: "Updating",
        passwordAuthentication: false,
        replicationRole: "AsyncReplica",
        administratorLogin: "pgadmin",
      },
    ]);
  });

  it.each([
    [403, "ARM_DENIED"],
    [404, "SERVER_MISSING"],
    [500, "ARM_UNREACHABLE"],
    [400, "ARM_REFUSED"],
  ])("answered with %i is %s", async (status, code) => {
    fail({ kind: "status", status }, "/flexibleServers/orders", "GET");

    expect(await faultOf(administration().read(serverId(), signal))).toMatchObject({ code, effect: "none" });
  });

  it("refuses an answer that lacks what a decision needs", async () => {
    fail({ kind: "status", status: 200, body: { properties: { state: "Ready" } } }, "/flexibleServers/orders", "GET");

    expect(await faultOf(administration().read(serverId(), signal))).toMatchObject({
      code: "ARM_REFUSED",
      message: "Server orders was read, and properties.administratorLogin is not what was expected.",
    });
  });

  it("ends with its signal", async () => {
    expect(await faultOf(administration().read(serverId(), AbortSignal.abort()))).toMatchObject({ code: "DEADLINE" });
  });
});

describe("submitPassword", () => {
  it("sends the password in one request and names the operation, without waiting for its end", async () => {
    const work = Promise.withResolvers<undefined>();
    azure.postgres.before = () => work.promise;
    const subject = administration();

    const operation = (await subject.submitPassword(serverId(), secret, signal)) ?? "";
    const meanwhile = await subject.operation(serverId(), operation, signal);
    const requests = azure.emulator.requests.filter(({ service }) => service === "arm");
    work.resolve(undefined);
    await new Promise(setImmediate);

    expect(operation).toMatch(/^westeurope\/[0-9a-f-]{36}$/);
    expect(requests.map(({ method, status }) => `${method} ${status}`)).toEqual(["PATCH 202", "GET 200"]);
    expect([meanwhile, await subject.operation(serverId(), operation, signal)]).toEqual(["running", "succeeded"]);
    expect(setPassword()).toBe(password);
  });

  it("changes nothing else of the server", async () => {
    const before = structuredClone(orders(azure).body);

    await submit();
    await new Promise(setImmediate);

    expect(orders(azure).body).toEqual(before);
  });

  it("names no operation when the answer names none, or one of another host", async () => {
    azure.state.behaviour.namesOperation = false;
    const unnamed = await submit();
    const headers = { "azure-asyncoperation": "https://attacker.example.com/subscriptions/x" };
    fail({ kind: "status", status: 202, headers });

    expect([unnamed, await submit()]).toEqual([null, null]);
  });

  it("succeeds and does nothing where password authentication is off, as the service does", async () => {
    orders(azure).body.properties.authConfig.passwordAuth = "Disabled";
    const subject = administration();

    const operation = (await submit()) ?? "";
    await new Promise(setImmediate);
    await subject.operation(serverId(), operation, signal);

    expect(await subject.operation(serverId(), operation, signal)).toBe("succeeded");
    expect(setPassword()).toBeUndefined();
  });

  it.each(["Updating", "Stopped"])("was not done on a server that is %s", async (state) => {
    orders(azure).body.properties.state = state;

    const fault = await faultOf(submit());

    expect(fault).toMatchObject({ code: "ARM_BUSY", effect: "none" });
    expect(fault.message).toMatch(/of server orders was not changed: the server is busy .*\(409, ServerNotReady\)/);
  });

  it("was not done on a replica, nor with a password that the policy refuses", async () => {
    const weak = administration().submitPassword(serverId(), new SecretValue("short"), signal);
    const refused = await faultOf(weak);
    orders(azure).body.properties.replicationRole = "AsyncReplica";

    expect(refused).toMatchObject({ code: "ARM_REFUSED", effect: "none" });
    expect(await faultOf(submit())).toMatchObject({ code: "ARM_REFUSED", effect: "none" });
    expect(setPassword()).toBeUndefined();
  });

  it.each([
    [{ status: 400, code: "ServerBusyWithOtherOperation" }, "ARM_BUSY", "none", null],
    [{ status: 429, headers: { "retry-after": "17" } }, "ARM_BUSY", "none", 17_000],
    [{ status: 401 }, "ARM_DENIED", "none", null],
    [{ status: 403, code: "AuthorizationFailed" }, "ARM_DENIED", "none", null],
    [{ status: 404, code: "ResourceNotFound" }, "SERVER_MISSING", "none", null],
    [{ status: 500, when: "after" }, "ARM_UNREACHABLE", "unknown", null],
    [{ status: 503 }, "ARM_UNREACHABLE", "unknown", null],
  ] as const)("answered with %j is %s with effect %s, at once", async (answer, code, effect, retryAfterMs) => {
    fail({
      kind: "status",
      ...answer,
      body: { error: { code: "code" in answer ? answer.code : "X", message: password } },
    });

    expect(await faultOf(submit())).toMatchObject({ code, effect, retryAfterMs });
    expect(azure.emulator.requests.filter(({ method }) => method === "PATCH")).toHaveLength(1);
  });

  it("is of unknown effect when its answer gets lost or does not come", async () => {
    const dropped = azure.emulator.faults.add({
      method: "PATCH",
      path: "/flexibleServers/orders",
      action: { kind: "drop", when: "after" },
    });
    const lost = await faultOf(submit());
    dropped();
    await new Promise(setImmediate);
    const done = setPassword();
    fail({ kind: "stall" });
    const silent = await faultOf(administration({ timeoutMs: 100 }).submitPassword(serverId(), secret, signal));
    const late = await faultOf(administration().submitPassword(serverId(), secret, AbortSignal.timeout(100)));

    expect(lost).toMatchObject({ code: "ARM_UNREACHABLE", effect: "unknown" });
    expect(done).toBe(password);
    expect(silent).toMatchObject({ code: "ARM_UNREACHABLE", effect: "unknown" });
    expect(late).toMatchObject({ code: "DEADLINE", effect: "unknown" });
  });

  it("was not done when nothing listens, without a token, or when the time was over before", async () => {
    const endpoint = new URL(await deadEndpoint()).origin;
    const none: TokenCredential = {
      getToken: () => Promise.reject(Object.assign(new Error(password), { name: "CredentialUnavailableError" })),
    };

    const faults = [
      await faultOf(administration({ endpoint }).submitPassword(serverId(), secret, signal)),
      await faultOf(administration({}, none).submitPassword(serverId(), secret, signal)),
      await faultOf(administration().submitPassword(serverId(), secret, AbortSignal.abort())),
      await faultOf(administration().submitPassword("/subscriptions/none", secret, signal)),
    ];

    expect(faults.map(({ code, effect }) => `${code} ${effect}`)).toEqual([
      "ARM_UNREACHABLE none",
      "ARM_DENIED none",
      "DEADLINE none",
      "ARM_REFUSED none",
    ]);
  });

  it("leaves no password in the SDK's log, however much it logs", async () => {
    const lines: string[] = [];
    const before = AzureLogger.log;
    AzureLogger.log = (...args) => lines.push(args.map(String).join(" "));
    setLogLevel("verbose");
    try {
      await submit();
      await new Promise(setImmediate);
      fail({ kind: "status", status: 400 });
      await faultOf(submit());
    } finally {
      setLogLevel();
      AzureLogger.log = before;
    }

    expect(lines.length).toBeGreaterThan(5);
    expect(lines.join("\n")).not.toContain(password);
  });
});

describe("operation", () => {
  it("tells a failure after 202", async () => {
    azure.state.behaviour.operationFailure = { code: "InternalServerError", message: "x" };
    azure.state.behaviour.pollsUntilDone = 0;
    const operation = (await submit()) ?? "";
    await new Promise(setImmediate);

    expect(await administration().operation(serverId(), operation, signal)).toBe("failed");
    expect(setPassword()).toBeUndefined();
  });

  it("is forgotten when the service does not know it, or when it is no operation's name", async () => {
    const subject = administration();

    expect(await subject.operation(serverId(), "westeurope/00000000-0000-4000-8000-000000000000", signal)).toBe(
      "forgotten",
    );
    expect(await subject.operation(serverId(), "../../secrets/x", signal)).toBe("forgotten");
    expect(await subject.operation(serverId(), "", signal)).toBe("forgotten");
  });

  it("fails without an answer that can be understood", async () => {
    fail({ kind: "status", status: 200, body: {} }, /azureAsyncOperation\/one/, "GET");
    fail({ kind: "status", status: 403 }, /azureAsyncOperation\/two/, "GET");

    expect(await faultOf(administration().operation(serverId(), "westeurope/one", signal))).toMatchObject({
      code: "ARM_REFUSED",
      effect: "none",
    });
    expect(await faultOf(administration().operation(serverId(), "westeurope/two", signal))).toMatchObject({
      code: "ARM_DENIED",
      effect: "none",
    });
  });
});
