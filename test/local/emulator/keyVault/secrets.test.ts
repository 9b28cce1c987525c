import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { exampleBody, shapeOf } from "../officialExample.ts";
import {
  type Answer,
  ARM,
  collect,
  rejection,
  scanner,
  startTestAzure,
  TENANT,
  type TestAzure,
  VAULT,
} from "../testAzure.ts";

const API = "api-version=2026-04-01";

let azure: TestAzure;

beforeEach(async () => {
  azure = await startTestAzure();
});

afterEach(() => azure.close());

function send(method: string, path: string, body?: unknown): Promise<Answer> {
  return azure.send(method, path, { audience: VAULT, ...(body === undefined ? {} : { body }) });
}

function latest(name: string): { version: string; enabled: boolean } | undefined {
  return azure.state.vault.secrets.get(name)?.versions.at(-1);
}

describe("keyVaultGate", () => {
  it("challenges the client's first request, which comes without body and token", async () => {
    await azure.vault.setSecret("app", "value");

    const vault = azure.emulator.requests.filter(({ service }) => service === "keyVault");
    expect(vault).toEqual([
      { service: "keyVault", method: "PUT", path: "/secrets/app", status: 401 },
      { service: "keyVault", method: "PUT", path: "/secrets/app", status: 200 },
    ]);
  });

  it("names tenant and resource in the challenge", async () => {
    const answer = await azure.send("GET", `/secrets/app?${API}`);

    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe(
      `Bearer authorization="https://login.microsoftonline.com/${TENANT}", resource="https://vault.azure.net"`,
    );
  });

  it("serves parallel first calls of one client whole", async () => {
    await Promise.all([1, 2, 3].map((number) => azure.vault.setSecret(`app-${number}`, `value-${number}`)));

    const values = [...azure.state.vault.secrets.values()].map(({ versions }) => versions[0]?.value);
    expect(values.toSorted()).toEqual(["value-1", "value-2", "value-3"]);
  });

  it("refuses a wrong audience, an expired token and an api-version it does not serve", async () => {
    const wrong = [
      await azure.send("GET", `/secrets/app?${API}`, { audience: ARM }),
      await send("GET", "/secrets/app?api-version=2016-10-01"),
      await send("GET", "/secrets/app"),
    ];
    const token = await azure.token(VAULT);
    azure.clock.now = new Date(azure.clock.now.getTime() + 86_400_000);
    wrong.push(await azure.send("GET", `/secrets/app?${API}`, { headers: { authorization: `Bearer ${token}` } }));

    expect(wrong.map(({ status }) => status)).toEqual([401, 400, 400, 401]);
  });

  it.each([
    ["POST", "/secrets/app"],
    ["PUT", "/secrets/app/0123"],
    ["POST", "/secrets/app/backup"],
    ["POST", "/secrets/restore"],
    ["PUT", "/deletedsecrets/app"],
  ])("refuses %s %s", async (method, path) => {
    const { status } = await send(method, `${path}?${API}`, {});

    expect(status).toBe(405);
  });
});

describe("the vault's roles", () => {
  it("let everybody do everything until there are some", async () => {
    expect(azure.state.vault.assignments).toBeNull();
    expect((await send("PUT", `/secrets/app?${API}`, { value: "one" })).status).toBe(200);
  });

  it("name a caller, actions and secrets; the rest is refused in the words of the service", async () => {
    await send("PUT", `/secrets/app?${API}`, { value: "one" });
    azure.state.vault.assignments = [
      { clientId: scanner.clientId.toUpperCase(), actions: ["getSecret"], secrets: ["App"] },
      { clientId: "00000000-0000-4000-8000-000000000000", actions: ["setSecret"], secrets: null },
    ];

    const answers = [
      await send("GET", `/secrets/APP?${API}`),
      await send("GET", `/secrets/other?${API}`),
      await send("PUT", `/secrets/app?${API}`, { value: "two" }),
      await send("PATCH", `/secrets/app/${latest("app")?.version ?? ""}?${API}`, {}),
      await send("GET", `/secrets/app/versions?${API}`),
      await send("GET", `/secrets?${API}`),
      await send("DELETE", `/secrets/app?${API}`),
      await send("POST", `/deletedsecrets/app/recover?${API}`),
      await send("DELETE", `/deletedsecrets/app?${API}`),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 403, 403, 403, 403, 403, 403, 403, 403]);
    expect(answers[2]?.body).toMatchObject({ error: { code: "Forbidden", innererror: { code: "ForbiddenByRbac" } } });
    expect(JSON.stringify(answers[2]?.body)).toContain("Microsoft.KeyVault/vaults/secrets/setSecret/action");
  });
});

describe("a vault whose region failed", () => {
  it("answers reads and refuses every change", async () => {
    await send("PUT", `/secrets/app?${API}`, { value: "one" });
    await send("PUT", `/secrets/gone?${API}`, { value: "one" });
    await send("DELETE", `/secrets/gone?${API}`);
    azure.state.vault.readOnly = true;

    const reads = [await send("GET", `/secrets/app?${API}`), await send("GET", `/deletedsecrets/gone?${API}`)];
    const changes = [
      await send("PUT", `/secrets/app?${API}`, { value: "two" }),
      await send("PATCH", `/secrets/app/${latest("app")?.version ?? ""}?${API}`, {}),
      await send("DELETE", `/secrets/app?${API}`),
      await send("POST", `/deletedsecrets/gone/recover?${API}`),
      await send("DELETE", `/deletedsecrets/gone?${API}`),
    ];

    expect(reads.map(({ status }) => status)).toEqual([200, 200]);
    expect(changes.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503]);
    expect(changes[0]?.body).toEqual({
      error: {
        code: "ServiceUnavailable",
        message: 'Operation "SecretSet" is unavailable: the service is currently in a read-only state.',
      },
    });
    expect(azure.state.vault.secrets.get("app")?.versions).toHaveLength(1);
  });
});

describe("setSecretRoute", () => {
  it("makes a new version each time and drops what is not sent again", async () => {
    const first = await azure.vault.setSecret("app", "one", { contentType: "text/plain", tags: { gen: "1" } });
    const second = await azure.vault.setSecret("app", "two");

    expect(first.properties).toMatchObject({ contentType: "text/plain", tags: { gen: "1" }, enabled: true });
    expect(second.properties.contentType).toBeUndefined();
    expect(second.properties.tags).toBeUndefined();
    expect(second.properties.version).not.toBe(first.properties.version);
    const old = await azure.vault.getSecret("app", { version: first.properties.version ?? "" });
    expect(old.value).toBe("one");
    expect((await azure.vault.getSecret("app")).value).toBe("two");
  });

  it("keeps the dates, which refuse nothing", async () => {
    const notBefore = new Date("2020-01-01T00:00:00Z");
    const expiresOn = new Date("2020-02-01T00:00:00Z");

    await azure.vault.setSecret("app", "value", { notBefore, expiresOn });
    const { properties, value } = await azure.vault.getSecret("app");

    expect(value).toBe("value");
    expect({ notBefore: properties.notBefore, expiresOn: properties.expiresOn }).toEqual({ notBefore, expiresOn });
  });

  it("compares names without case and keeps the first spelling", async () => {
    await azure.vault.setSecret("App-Rw", "one");
    await azure.vault.setSecret("APP-RW", "two");

    const { name, value } = await azure.vault.getSecret("app-rw");

    expect({ name, value }).toEqual({ name: "App-Rw", value: "two" });
    expect([...azure.state.vault.secrets.keys()]).toEqual(["app-rw"]);
  });

  it("has the shape of the official answers", async () => {
    const set = await send("PUT", `/secrets/app?${API}`, { value: "one" });
    const again = await send("PUT", `/secrets/app?${API}`, { value: "two" });
    const got = await send("GET", `/secrets/app/${latest("app")?.version ?? ""}?${API}`);
    const old = await send("GET", `/secrets/app?api-version=7.6`);

    // Beside what the examples show, the service names the days of recovery.
    const official = exampleBody("keyvault/SetSecret-example") as { attributes: object };
    const shape = shapeOf({ ...official, attributes: { ...official.attributes, recoverableDays: 90 } });
    expect(shapeOf(again.body)).toEqual(shape);
    expect(shapeOf(got.body)).toEqual(shape);
    expect(set.body).not.toHaveProperty("previousVersion");
    expect(old.body).not.toHaveProperty("previousVersion");
  });

  it.each([
    ["no body", "app", undefined],
    ["no value", "app", {}],
    ["a number", "app", { value: 1 }],
    ["too long a value", "app", { value: "a".repeat(25_001) }],
    [
      "too many tags",
      "app",
      { value: "a", tags: Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`t${i}`, ""])) },
    ],
    ["too long a tag", "app", { value: "a", tags: { t: "a".repeat(257) } }],
    ["a bad date", "app", { value: "a", attributes: { exp: "tomorrow" } }],
    ["a bad name", "app_rw", { value: "a" }],
    ["too long a name", "a".repeat(128), { value: "a" }],
  ])("refuses %s", async (_, name, body) => {
    const answer = await send("PUT", `/secrets/${name}?${API}`, body);

    expect(answer).toMatchObject({ status: 400, body: { error: { code: "BadParameter" } } });
    expect(azure.state.vault.secrets.size).toBe(0);
  });

  it("takes 300 writes in ten seconds", async () => {
    const at = azure.clock.now.getTime();
    azure.state.vault.writes = Array.from({ length: 299 }, () => at - 4000);

    const last = await send("PUT", `/secrets/app?${API}`, { value: "a" });
    const refused = await send("PUT", `/secrets/app?${API}`, { value: "b" });
    azure.clock.now = new Date(at + 6001);
    const later = await send("PUT", `/secrets/app?${API}`, { value: "c" });

    expect([last.status, refused.status, later.status]).toEqual([200, 429, 200]);
    expect(refused).toMatchObject({ headers: { "retry-after": "6" }, body: { error: { code: "Throttled" } } });
  });
});

describe("getSecretRoute", () => {
  it("does not fall back from a disabled newest version", async () => {
    const first = await azure.vault.setSecret("app", "one");
    const second = await azure.vault.setSecret("app", "two");
    await azure.vault.updateSecretProperties("app", second.properties.version ?? "", { enabled: false });

    const newest = await rejection(azure.vault.getSecret("app"));
    const old = await azure.vault.getSecret("app", { version: first.properties.version ?? "" });

    expect(newest).toMatchObject({ statusCode: 403, code: "Forbidden" });
    expect(JSON.stringify(newest["details"])).toContain("SecretDisabled");
    expect(old.value).toBe("one");
  });

  it("refuses a name and a version that are not there", async () => {
    await azure.vault.setSecret("app", "one");

    const name = await rejection(azure.vault.getSecret("other"));
    const version = await rejection(azure.vault.getSecret("app", { version: "0".repeat(32) }));

    expect(name).toMatchObject({ statusCode: 404, code: "SecretNotFound" });
    expect(version).toMatchObject({ statusCode: 404, code: "SecretNotFound" });
  });
});

describe("a replica that lags behind", () => {
  it("gives the version before, as often as told, and only without a version", async () => {
    await azure.vault.setSecret("app", "one");
    const { properties } = await azure.vault.setSecret("app", "two");
    azure.state.vault.staleReads.set("app", 2);

    const byVersion = await azure.vault.getSecret("app", { version: properties.version ?? "" });
    const values = [];
    for (let count = 0; count < 3; count += 1) values.push((await azure.vault.getSecret("app")).value);

    expect(byVersion.value).toBe("two");
    expect(values).toEqual(["one", "one", "two"]);
  });
});

describe("updateSecretRoute", () => {
  it("changes what is sent and leaves value and rest", async () => {
    const { properties } = await azure.vault.setSecret("app", "one", { contentType: "a", tags: { keep: "no" } });
    azure.clock.now = new Date(azure.clock.now.getTime() + 5000);

    const updated = await azure.vault.updateSecretProperties("app", properties.version ?? "", {
      tags: { state: "done" },
    });

    expect(updated).toMatchObject({ contentType: "a", enabled: true, tags: { state: "done" } });
    expect(Number(updated.updatedOn) - Number(updated.createdOn)).toBe(5000);
    expect((await azure.vault.getSecret("app")).value).toBe("one");
  });

  it("refuses an unknown version and a bad body", async () => {
    await azure.vault.setSecret("app", "one");

    const unknown = await send("PATCH", `/secrets/app/${"0".repeat(32)}?${API}`, {});
    const bad = await send("PATCH", `/secrets/app?${API}`, { attributes: { enabled: "no" } });

    expect([unknown.status, bad.status]).toEqual([404, 400]);
    expect(latest("app")?.enabled).toBe(true);
  });
});

describe("listSecretsRoute", () => {
  it("lists secrets and versions over pages, never a value", async () => {
    for (let number = 0; number < 30; number += 1) {
      await send("PUT", `/secrets/s${number}?${API}`, { value: "hidden-value" });
      await send("PUT", `/secrets/app?${API}`, { value: "hidden-value" });
    }

    const secrets = await collect(azure.vault.listPropertiesOfSecrets());
    const versions = await collect(azure.vault.listPropertiesOfSecretVersions("app"));
    const page = await send("GET", `/secrets?${API}&maxresults=1`);

    expect(new Set(secrets.map(({ name }) => name)).size).toBe(31);
    expect(new Set(versions.map(({ version }) => version)).size).toBe(30);
    expect(JSON.stringify([secrets, versions, page.body])).not.toContain("hidden-value");
    const official = exampleBody("keyvault/GetSecrets-example") as { value: object[] };
    expect(Object.keys(page.body as object)).toEqual(Object.keys(official));
    expect((page.body as { nextLink: string }).nextLink).toContain(`${azure.emulator.url}/secrets?`);
  });

  it("refuses a bad page size, a bad token and versions of nothing", async () => {
    const answers = [
      await send("GET", `/secrets?${API}&maxresults=26`),
      await send("GET", `/secrets?${API}&$skiptoken=eA`),
      await send("GET", `/secrets/none/versions?${API}`),
    ];

    expect(answers.map(({ status }) => status)).toEqual([400, 400, 404]);
  });
});

describe("deleteSecretRoutes", () => {
  it("keeps a deleted secret, whose name cannot be used again", async () => {
    await azure.vault.setSecret("app", "one");
    await azure.vault.setSecret("app", "two");

    const { body } = await send("DELETE", `/secrets/App?${API}`);
    const get = await rejection(azure.vault.getSecret("app"));
    const set = await rejection(azure.vault.setSecret("APP", "three"));
    const deleted = await azure.vault.getDeletedSecret("app");
    const listed = await collect(azure.vault.listDeletedSecrets());

    const official = exampleBody("keyvault/GetDeletedSecret-example") as { attributes: object };
    expect(shapeOf(body)).toEqual(
      shapeOf({ ...official, attributes: { ...official.attributes, recoverableDays: 90 } }),
    );
    expect(get).toMatchObject({ statusCode: 404 });
    expect(set).toMatchObject({ statusCode: 409, code: "Conflict" });
    expect(JSON.stringify(set["details"])).toContain("ObjectIsDeletedButRecoverable");
    expect(deleted.deletedOn).toBeInstanceOf(Date);
    expect(listed.map(({ name }) => name)).toEqual(["app"]);
  });

  it("recovers all versions", async () => {
    await azure.vault.setSecret("app", "one");
    await send("DELETE", `/secrets/app?${API}`);

    const poller = await azure.vault.beginRecoverDeletedSecret("app", { intervalInMs: 5 });
    await poller.pollUntilDone();

    expect((await azure.vault.getSecret("app")).value).toBe("one");
    expect(azure.state.vault.deleted.size).toBe(0);
  });

  it("finds nothing and refuses changes while a recovery goes on", async () => {
    azure.state.behaviour.recoverySeconds = 30;
    const { properties } = await azure.vault.setSecret("app", "one");
    await send("DELETE", `/secrets/app?${API}`);
    async function ask(): Promise<readonly number[]> {
      const version = properties.version ?? "";
      const answers = [
        await send("GET", `/secrets/app?${API}`),
        await send("GET", `/secrets/app/versions?${API}`),
        await send("GET", `/deletedsecrets/app?${API}`),
        await send("PATCH", `/secrets/app/${version}?${API}`, {}),
        await send("PUT", `/secrets/app?${API}`, { value: "two" }),
      ];
      return answers.map(({ status }) => status);
    }

    const recovered = await send("POST", `/deletedsecrets/app/recover?${API}`);
    const meanwhile = await ask();
    const again = await send("POST", `/deletedsecrets/app/recover?${API}`);
    azure.clock.now = new Date(azure.clock.now.getTime() + 30_000);

    expect(recovered.status).toBe(200);
    expect(meanwhile).toEqual([404, 404, 404, 409, 409]);
    expect(again).toMatchObject({ status: 409, body: { error: { innererror: { code: "ObjectIsBeingRecovered" } } } });
    expect(await ask()).toEqual([200, 200, 404, 200, 200]);
  });

  it("purges for good", async () => {
    await azure.vault.setSecret("app", "one");
    await send("DELETE", `/secrets/app?${API}`);

    await azure.vault.purgeDeletedSecret("app");
    await azure.vault.setSecret("app", "two");

    expect(azure.state.vault.secrets.get("app")?.versions).toHaveLength(1);
  });

  it("refuses to delete, show, recover or purge what is not there", async () => {
    const answers = [
      await send("DELETE", `/secrets/none?${API}`),
      await send("GET", `/deletedsecrets/none?${API}`),
      await send("POST", `/deletedsecrets/none/recover?${API}`),
      await send("DELETE", `/deletedsecrets/none?${API}`),
    ];

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  });
});
