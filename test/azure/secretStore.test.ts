import type { TokenCredential } from "@azure/core-auth";
import { AzureLogger, setLogLevel } from "@azure/logger";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { secretStore, type SecretStoreOptions } from "../../shared/azure/secretStore.ts";
import type { FaultAction } from "../../shared/local/emulator/faults.ts";
import type { SecretRef } from "../../shared/model/credential.ts";
import { SecretValue } from "../../shared/model/secretValue.ts";
import type { NewSecret, SecretStore } from "../../shared/rotate/ports.ts";
import { RotationError } from "../../shared/rotate/rotationError.ts";
import { ARM, scanner, startTestAzure, type TestAzure } from "../local/emulator/testAzure.ts";
import { trust } from "../postgres/localTarget.ts";
import { everythingOf } from "./leaks.ts";
import { deadEndpoint } from "./realStorage.ts";

const { signal } = new AbortController();
const password = "Hunter2-Hunter2-Hunter2-Hunter2-Hunter2x";

let azure: TestAzure;
let clockMs = 0;

beforeEach(async () => {
  azure = await startTestAzure();
  trust(azure.ca);
  clockMs = 0;
});

afterEach(() => azure.close());

function newStore(options: Partial<SecretStoreOptions> = {}, credential: TokenCredential = azure.credential) {
  return secretStore(credential, { monotonicMs: () => clockMs, ...options });
}

function app(name = "app"): SecretRef {
  return { vault: azure.emulator.url, name };
}

function content(override: Partial<NewSecret> = {}): NewSecret {
  return {
    value: new SecretValue(password),
    contentType: "text/plain; profile=pgwarden.v1",
    tags: { "pgwarden-gen": "7" },
    expiresAt: "2027-01-01T00:00:00.000Z",
    ...override,
  };
}

function fail(action: FaultAction, times?: number, method = "PUT", skip?: number): void {
  azure.emulator.faults.add({
    method,
    path: "/secrets/app",
    action,
    ...(times !== undefined && { times }),
    ...(skip !== undefined && { skip }),
  });
}

/** A client whose challenge is answered: from now on its requests go out with token and body at once. */
async function warmStore(options: Partial<SecretStoreOptions> = {}): Promise<SecretStore> {
  const store = newStore(options);
  await store.readLatest(app("warm"), signal);
  azure.emulator.requests.length = 0;
  return store;
}

async function faultOf(work: Promise<unknown>): Promise<RotationError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(everythingOf(error)).not.toContain(password);
  if (error instanceof RotationError) return error;
  throw new Error("It did not fail with a RotationError.", { cause: error });
}

function factsOf({ code, effect, retryAfterMs }: RotationError) {
  return { code, effect, retryAfterMs };
}

function versionsInVault(): number {
  return azure.state.vault.secrets.get("app")?.versions.length ?? 0;
}

function requestsOf(method: string): number {
  return azure.emulator.requests.filter((request) => request.method === method).length;
}

describe("secretStore", () => {
  it("reads back what it wrote: newest, by version, and in the list", async () => {
    const store = newStore();
    const createdAt = new Date(Math.floor(azure.clock.now.getTime() / 1000) * 1000).toISOString();

    const first = await store.write(app(), content({ tags: {}, expiresAt: null }), signal);
    const second = await store.write(app(), content(), signal);

    expect(second).toEqual({
      version: second.version,
      enabled: true,
      contentType: "text/plain; profile=pgwarden.v1",
      tags: { "pgwarden-gen": "7" },
      createdAt,
      expiresAt: "2027-01-01T00:00:00.000Z",
    });
    const latest = await store.readLatest(app(), signal);
    expect(latest).toEqual({ state: "present", secret: { ...second, value: expect.any(SecretValue) } });
    expect(latest.state === "present" && latest.secret.value.reveal()).toBe(password);
    expect(await store.readVersion(app("APP"), first.version, signal)).toMatchObject({ tags: {}, expiresAt: null });
    const listed = await store.versions(app(), signal);
    expect(listed.toSorted((a, b) => Object.keys(a.tags).length - Object.keys(b.tags).length)).toEqual([first, second]);
    expect(everythingOf([latest, listed])).not.toContain(password);
  });

  it("lists more versions than one page holds, disabled ones too", async () => {
    const store = newStore();
    for (let count = 0; count < 30; count += 1) await store.write(app(), content(), signal);
    const [any] = await store.versions(app(), signal);
    await store.update(app(), any?.version ?? "", { tags: {}, enabled: false }, signal);

    const listed = await store.versions(app(), signal);

    expect(new Set(listed.map(({ version }) => version)).size).toBe(30);
    expect(listed.filter(({ enabled }) => !enabled).map(({ version }) => version)).toEqual([any?.version]);
  });

  it("replaces the tags of one version and leaves `enabled` alone unless it is given", async () => {
    const store = newStore();
    const { version } = await store.write(app(), content(), signal);

    await store.update(app(), version, { tags: { state: "done" } }, signal);
    const changed = await store.readVersion(app(), version, signal);
    await store.update(app(), version, { tags: { state: "done" }, enabled: false }, signal);
    const [disabled] = await store.versions(app(), signal);

    expect(changed).toMatchObject({ tags: { state: "done" }, enabled: true });
    expect(disabled).toMatchObject({ tags: { state: "done" }, enabled: false });
  });

  it("tells absent, deleted, recovering and disabled apart", async () => {
    azure.state.behaviour.recoverySeconds = 60;
    const store = newStore();
    const states: string[] = [];
    async function look(): Promise<void> {
      states.push((await store.readLatest(app(), signal)).state);
    }

    await look();
    await store.write(app(), content(), signal);
    await look();
    await azure.send("DELETE", "/secrets/app?api-version=7.6", { audience: "https://vault.azure.net" });
    await look();
    await store.recover(app(), signal);
    await look();
    azure.clock.now = new Date(azure.clock.now.getTime() + 61_000);
    await look();
    const [version] = await store.versions(app(), signal);
    await store.update(app(), version?.version ?? "", { tags: {}, enabled: false }, signal);
    await look();

    expect(states).toEqual(["absent", "present", "deleted", "recovering", "present", "disabled"]);
  });

  it("takes a secret that stays away for two minutes after its recovery for absent", async () => {
    azure.state.behaviour.recoverySeconds = 3600;
    const store = newStore();
    await store.write(app(), content(), signal);
    await azure.send("DELETE", "/secrets/app?api-version=7.6", { audience: "https://vault.azure.net" });
    await store.recover(app(), signal);

    clockMs = 119_999;
    const before = await store.readLatest(app(), signal);
    clockMs = 120_000;

    expect(before).toEqual({ state: "recovering" });
    expect(await store.readLatest(app(), signal)).toEqual({ state: "absent" });
  });

  it("knows a recovery that somebody else began, and may begin one again", async () => {
    const body = { error: { code: "Conflict", message: "x", innererror: { code: "ObjectIsBeingRecovered" } } };
    const store = await warmStore();
    fail({ kind: "status", status: 409, body }, 1, "GET");

    expect(await store.readLatest(app(), signal)).toEqual({ state: "recovering" });

    azure.emulator.faults.add({ method: "POST", path: "/recover", action: { kind: "status", status: 409, body } });
    await expect(store.recover(app(), signal)).resolves.toBeUndefined();
  });

  it("finds no versions of what is not there or deleted", async () => {
    const store = newStore();
    await store.write(app(), content(), signal);
    await azure.send("DELETE", "/secrets/app?api-version=7.6", { audience: "https://vault.azure.net" });

    expect(await store.versions(app(), signal)).toEqual([]);
    expect(await store.versions(app("other"), signal)).toEqual([]);
  });

  it("gives what a replica that lags behind gives", async () => {
    const store = newStore();
    await store.write(app(), content({ tags: { gen: "1" } }), signal);
    await store.write(app(), content({ tags: { gen: "2" } }), signal);
    azure.state.vault.staleReads.set("app", 1);

    const reads = [await store.readLatest(app(), signal), await store.readLatest(app(), signal)];

    expect(reads.map((read) => read.state === "present" && read.secret.tags)).toEqual([{ gen: "1" }, { gen: "2" }]);
  });

  it("serves parallel first calls of a new client whole", async () => {
    const store = newStore();

    await Promise.all([1, 2, 3].map((number) => store.write(app(`app-${number}`), content(), signal)));

    const values = [...azure.state.vault.secrets.values()].map(({ versions }) => versions.map(({ value }) => value));
    expect(values).toEqual([[password], [password], [password]]);
  });
});

describe("a write to the vault", () => {
  it("is sent again when its answer gets lost, which leaves a twin", async () => {
    const store = await warmStore();
    fail({ kind: "drop", when: "after" }, 1);

    const { version } = await store.write(app(), content(), signal);

    const twins = azure.state.vault.secrets.get("app")?.versions ?? [];
    expect(twins.map(({ value, tags }) => ({ value, tags }))).toEqual([
      { value: password, tags: { "pgwarden-gen": "7" } },
      { value: password, tags: { "pgwarden-gen": "7" } },
    ]);
    expect(twins.at(-1)?.version).toBe(version);
  });

  it("is of unknown effect when every answer gets lost, after three tries", async () => {
    const store = await warmStore();
    fail({ kind: "drop", when: "after" });

    const fault = await faultOf(store.write(app(), content(), signal));

    expect(factsOf(fault)).toEqual({ code: "VAULT_UNREACHABLE", effect: "unknown", retryAfterMs: null });
    expect(fault.message).toBe(
      `Secret app of ${azure.emulator.url} may or may not have been written: the vault cannot be reached (ECONNRESET).`,
    );
    expect(versionsInVault()).toBe(3);
  });

  it("is of unknown effect when it is refused after an answer got lost", async () => {
    const store = await warmStore();
    fail({ kind: "drop", when: "after" }, 1);
    fail({ kind: "status", status: 403, code: "Forbidden" });

    expect(factsOf(await faultOf(store.write(app(), content(), signal)))).toEqual({
      code: "VAULT_DENIED",
      effect: "unknown",
      retryAfterMs: null,
    });
    expect(versionsInVault()).toBe(1);
  });

  it("was not done when the vault asks to wait longer than a step may", async () => {
    const store = await warmStore();
    fail({ kind: "status", status: 429, headers: { "retry-after": "30" } });

    const fault = await faultOf(store.write(app(), content(), signal));

    expect(factsOf(fault)).toEqual({ code: "VAULT_THROTTLED", effect: "none", retryAfterMs: 30_000 });
    expect(requestsOf("PUT")).toBe(1);
  });

  it("waits for a short time that the vault asks for, or names none", async () => {
    const store = await warmStore();
    fail({ kind: "status", status: 429, headers: { "retry-after": "0" } }, 1);
    fail({ kind: "status", status: 429 }, 1);

    await store.write(app(), content(), signal);

    expect(versionsInVault()).toBe(1);
  });

  it("meets the vault's own limit of 300 in ten seconds", async () => {
    const store = await warmStore();
    azure.state.vault.writes = Array.from({ length: 300 }, () => azure.clock.now.getTime());

    expect(factsOf(await faultOf(store.write(app(), content(), signal)))).toEqual({
      code: "VAULT_THROTTLED",
      effect: "none",
      retryAfterMs: 10_000,
    });
  });

  it("was not done in a vault whose region failed; reads go on", async () => {
    const store = await warmStore();
    await store.write(app(), content(), signal);
    azure.state.vault.readOnly = true;

    const fault = await faultOf(store.write(app(), content(), signal));

    expect(factsOf(fault)).toEqual({ code: "VAULT_READ_ONLY", effect: "none", retryAfterMs: null });
    expect((await store.readLatest(app(), signal)).state).toBe("present");
    const [version] = await store.versions(app(), signal);
    const update = store.update(app(), version?.version ?? "", { tags: {} }, signal);
    expect((await faultOf(update)).code).toBe("VAULT_READ_ONLY");
  });

  it("was not done without the right to it, and says which right", async () => {
    azure.state.vault.assignments = [
      { clientId: scanner.clientId, actions: ["getSecret", "readMetadata"], secrets: ["app", "warm"] },
    ];
    const store = await warmStore();

    const fault = await faultOf(store.write(app(), content(), signal));

    expect(factsOf(fault)).toEqual({ code: "VAULT_DENIED", effect: "none", retryAfterMs: null });
    expect(fault.message).toContain("the vault refused this identity (403, ForbiddenByRbac)");
    expect(fault.remedy).toContain("setSecret");
    expect((await faultOf(store.readLatest(app("other"), signal))).code).toBe("VAULT_DENIED");
    expect((await faultOf(store.recover(app(), signal))).code).toBe("VAULT_DENIED");
  });

  it.each([
    ["ObjectIsDeletedButRecoverable", "SECRET_DELETED", /was deleted and can be recovered/],
    ["ObjectIsBeingRecovered", "SECRET_DELETED", /is still being recovered/],
    ["Other", "VAULT_THROTTLED", /another request changes it at this moment/],
  ])("was not done on a conflict: %s", async (inner, code, sentence) => {
    const store = await warmStore();
    const body = { error: { code: "Conflict", message: "x", innererror: { code: inner } } };
    fail({ kind: "status", status: 409, body });

    const fault = await faultOf(store.write(app(), content(), signal));

    expect(factsOf(fault)).toEqual({ code, effect: "none", retryAfterMs: null });
    expect(fault.message).toMatch(sentence);
  });

  it.each([
    [400, "SECRET_REFUSED", "none"],
    [401, "VAULT_DENIED", "none"],
    [405, "SECRET_REFUSED", "none"],
    [408, "VAULT_UNREACHABLE", "unknown"],
    [500, "VAULT_UNREACHABLE", "unknown"],
    [503, "VAULT_UNREACHABLE", "unknown"],
  ])("answered with %i is %s with effect %s", async (status, code, effect) => {
    const store = await warmStore();
    fail({ kind: "status", status, body: { error: { code: "X", message: password } } });

    expect(factsOf(await faultOf(store.write(app(), content(), signal)))).toEqual({ code, effect, retryAfterMs: null });
  });

  it("24. is refused before it is sent when the vault would not take it", async () => {
    const store = await warmStore();
    const tags = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`t${index}`, ""]));
    const long = new SecretValue(password.repeat(626));

    const faults = [
      await faultOf(store.write(app("app_rw"), content(), signal)),
      await faultOf(store.write(app("a".repeat(128)), content(), signal)),
      await faultOf(store.write(app(), content({ value: long }), signal)),
      await faultOf(store.write(app(), content({ tags }), signal)),
      await faultOf(store.write(app(), content({ tags: { t: "x".repeat(257) } }), signal)),
      await faultOf(store.write(app(), content({ contentType: "x".repeat(256) }), signal)),
      await faultOf(store.readLatest(app("app_rw"), signal)),
    ];

    expect(new Set(faults.map(({ code, effect }) => `${code} ${effect}`))).toEqual(new Set(["SECRET_REFUSED none"]));
    expect(faults[2]?.message).toMatch(/the value has 25040 bytes; allowed: 25000/);
    expect(azure.emulator.requests).toEqual([]);
  });

  it("was not done when nothing listens, and may have been when nothing answers in time", async () => {
    const dead = { vault: new URL(await deadEndpoint()).origin, name: "app" };
    const refused = await faultOf(newStore().write(dead, content(), signal));
    const store = await warmStore({ timeoutMs: 100 });
    fail({ kind: "stall" });
    const silent = await faultOf(store.write(app(), content(), signal));

    expect(factsOf(refused)).toEqual({ code: "VAULT_UNREACHABLE", effect: "none", retryAfterMs: null });
    expect(factsOf(silent)).toEqual({ code: "VAULT_UNREACHABLE", effect: "unknown", retryAfterMs: null });
  });

  it("ends with its signal: nothing was done before it was sent, nobody knows afterwards", async () => {
    const store = await warmStore();
    const early = await faultOf(store.write(app(), content(), AbortSignal.abort()));
    const sent = azure.emulator.requests.length;
    fail({ kind: "stall" });
    const late = await faultOf(store.write(app(), content(), AbortSignal.timeout(100)));

    expect(factsOf(early)).toEqual({ code: "DEADLINE", effect: "none", retryAfterMs: null });
    expect(sent).toBe(0);
    expect(factsOf(late)).toEqual({ code: "DEADLINE", effect: "unknown", retryAfterMs: null });
  });

  it("was not done without a token, or with one that the vault does not take", async () => {
    const none: TokenCredential = {
      getToken: () => Promise.reject(Object.assign(new Error(password), { name: "CredentialUnavailableError" })),
    };
    const wrong: TokenCredential = {
      getToken: async () => ({ token: await azure.token(ARM), expiresOnTimestamp: Date.now() + 3_600_000 }),
    };

    const faults = [
      await faultOf(newStore({}, none).write(app(), content(), signal)),
      await faultOf(newStore({}, wrong).write(app(), content(), signal)),
    ];

    expect(faults.map(factsOf)).toEqual([
      { code: "VAULT_DENIED", effect: "none", retryAfterMs: null },
      { code: "VAULT_DENIED", effect: "none", retryAfterMs: null },
    ]);
    expect(versionsInVault()).toBe(0);
  });

  it("gives no token to an address that is no vault of the cloud", async () => {
    let tokens = 0;
    const counting: TokenCredential = {
      getToken: () => {
        tokens += 1;
        return Promise.resolve({ token: "t", expiresOnTimestamp: Date.now() + 3_600_000 });
      },
    };
    // The same listener under a name that our rule for the local Azure does not know.
    const vault = azure.emulator.url.replace("127.0.0.1", "localhost");

    const fault = await faultOf(newStore({}, counting).write({ vault, name: "app" }, content(), signal));

    expect(factsOf(fault)).toEqual({ code: "VAULT_DENIED", effect: "none", retryAfterMs: null });
    expect(tokens).toBe(0);
  });

  it("leaves no value in the SDK's log, however much it logs", async () => {
    const lines: string[] = [];
    const before = AzureLogger.log;
    AzureLogger.log = (...args) => lines.push(args.map(String).join(" "));
    setLogLevel("verbose");
    try {
      const store = newStore();
      await store.write(app(), content(), signal);
      await store.readLatest(app(), signal);
      fail({ kind: "status", status: 400, body: { error: { code: "BadParameter", message: "x" } } });
      await faultOf(store.write(app(), content(), signal));
    } finally {
      setLogLevel();
      AzureLogger.log = before;
    }

    expect(lines.length).toBeGreaterThan(10);
    expect(lines.join("\n")).not.toContain(password);
  });
});

describe("a read of the vault", () => {
  it("never has an effect", async () => {
    const store = await warmStore({ timeoutMs: 100 });
    fail({ kind: "drop", when: "after" }, 3, "GET");
    fail({ kind: "status", status: 500 }, 3, "GET");
    fail({ kind: "stall" }, 1, "GET");

    const faults = [
      await faultOf(store.readLatest(app(), signal)),
      await faultOf(store.readVersion(app(), "0".repeat(32), signal)),
      await faultOf(store.versions(app(), signal)),
      await faultOf(store.readLatest(app(), AbortSignal.abort())),
    ];

    expect(faults.map(({ code, effect }) => `${code} ${effect}`)).toEqual([
      "VAULT_UNREACHABLE none",
      "VAULT_UNREACHABLE none",
      "VAULT_UNREACHABLE none",
      "DEADLINE none",
    ]);
  });

  it("says that a version is missing or disabled, and how to enable it", async () => {
    const store = newStore();
    const { version } = await store.write(app(), content(), signal);
    await store.update(app(), version, { tags: {}, enabled: false }, signal);

    const missing = await faultOf(store.readVersion(app(), "0".repeat(32), signal));
    const disabled = await faultOf(store.readVersion(app(), version, signal));

    expect(factsOf(missing)).toEqual({ code: "SECRET_MISSING", effect: "none", retryAfterMs: null });
    expect(factsOf(disabled)).toEqual({ code: "SECRET_DISABLED", effect: "none", retryAfterMs: null });
    expect(disabled.remedy).toMatch(/^az keyvault secret set-attributes .*--name app .*--enabled true$/);
  });
});
