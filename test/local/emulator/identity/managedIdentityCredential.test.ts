import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { ManagedIdentityCredential } from "@azure/identity";
import { ARM, claimsOf, startTestAzure, TENANT, type TestAzure } from "../testAzure.ts";

let azure: TestAzure;

// One emulator for all: the SDK remembers the first endpoint of its process, and tokens per client id and resource.
beforeAll(async () => {
  azure = await startTestAzure();
  process.env["IDENTITY_ENDPOINT"] = azure.emulator.identityEndpoint;
  process.env["IDENTITY_HEADER"] = azure.emulator.identityHeader;
});

beforeEach(() => {
  azure.emulator.requests.length = 0;
});

afterAll(async () => {
  delete process.env["IDENTITY_ENDPOINT"];
  delete process.env["IDENTITY_HEADER"];
  await azure.close();
});

describe("ManagedIdentityCredential", () => {
  it("gets a token and caches it", async () => {
    const clientId = "bbbbbbbb-0000-0000-0000-000000000001";
    const objectId = "cccccccc-0000-0000-0000-000000000001";
    azure.state.identities.push({ clientId, objectId, name: "cached" });
    const credential = new ManagedIdentityCredential({ clientId });

    const first = await credential.getToken(`${ARM}/.default`);
    const second = await credential.getToken(`${ARM}/.default`);

    expect(second.token).toBe(first.token);
    expect(azure.emulator.requests).toEqual([{ service: "identity", method: "GET", path: "/msi/token", status: 200 }]);
    const { nbf, iat, exp, ...claims } = claimsOf(first.token);
    expect(claims).toMatchObject({
      aud: ARM,
      iss: `https://sts.windows.net/${TENANT}/`,
      appid: clientId,
      oid: objectId,
    });
    expect(nbf).toBe(iat);
    expect(Number(exp) - Number(iat)).toBe(86_400);
    expect(Math.floor(first.expiresOnTimestamp / 1000)).toBe(exp);
  });

  it("fails at once for an identity that does not exist", async () => {
    const credential = new ManagedIdentityCredential({ clientId: "bbbbbbbb-0000-0000-0000-000000000002" });

    await expect(credential.getToken(`${ARM}/.default`)).rejects.toThrow();
    expect(azure.emulator.requests.map(({ status }) => status)).toEqual([400]);
  });

  it("gets over an identity endpoint that fails once", async () => {
    const clientId = "bbbbbbbb-0000-0000-0000-000000000003";
    azure.state.identities.push({ clientId, objectId: "cccccccc-0000-0000-0000-000000000003", name: "retried" });
    azure.emulator.faults.add({ path: "/msi/token", times: 1, action: { kind: "status", status: 500 } });

    const { token } = await new ManagedIdentityCredential({ clientId }).getToken(`${ARM}/.default`);

    expect(claimsOf(token)["appid"]).toBe(clientId);
    expect(azure.emulator.requests.map(({ status }) => status)).toEqual([500, 200]);
  });
});
