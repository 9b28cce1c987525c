import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { credential } from "../../shared/azure/credential.ts";
import { managedCredential } from "../../shared/azure/managedCredential.ts";
import { databaseToken } from "../../shared/azure/databaseToken.ts";
import { startRealStorage, type RealStorage } from "./realStorage.ts";

const { signal } = new AbortController();
let storage: RealStorage;

beforeAll(async () => {
  storage = await startRealStorage();
});

afterEach(() => {
  storage.faults.clear();
});

afterAll(async () => {
  await storage.stop();
});

describe("credential", () => {
  it("gets tokens of the managed identity that was named", async () => {
    const token = await storage.identity.getToken("https://management.azure.com/.default");

    const claims: unknown = JSON.parse(Buffer.from(token?.token.split(".")[1] ?? "", "base64url").toString());
    expect(claims).toMatchObject({
      aud: "https://management.azure.com",
      appid: storage.state.identities[0]?.clientId,
    });
  });

  it("gets none for an identity that this platform does not have", async () => {
    const stranger = credential({ identity: "managed", managedIdentityClientId: randomUUID() });

    await expect(stranger.getToken("https://management.azure.com/.default")).rejects.toThrow();
  });

  it("is the managed one or none at all in the deployed app", () => {
    expect(() => managedCredential({ identity: "developer", managedIdentityClientId: null })).toThrow(
      "IDENTITY_ENDPOINT is not set",
    );
  });

  it("asks neither the managed identity nor anybody at import for a developer", () => {
    expect(credential({ identity: "developer", managedIdentityClientId: null })).toHaveProperty("getToken");
  });
});

describe("databaseToken", () => {
  it("is a secret that PostgreSQL accepts for the identity's role", async () => {
    const token = await databaseToken(storage.identity)(signal);

    expect(String(token)).toBe("[redacted]");
    expect(storage.postgres.tokens.get("pgwarden-reader")?.token).toBe(token.reveal());
  });

  it("says so when there is none, without the platform's words", async () => {
    storage.faults.add({ path: "/msi/token", action: { kind: "status", status: 400, body: { message: "hunter2" } } });
    const stranger = credential({ identity: "managed", managedIdentityClientId: randomUUID() });

    const failure: unknown = await databaseToken(stranger)(signal).catch((error: unknown) => error);

    expect(failure).toMatchObject({ message: "The identity got no token for PostgreSQL." });
    expect(JSON.stringify(failure)).not.toContain("hunter2");
  });

  it("says so when the credential has nothing to give", async () => {
    const empty = { getToken: () => Promise.resolve(null) };

    await expect(databaseToken(empty)()).rejects.toThrow("The identity got no token for PostgreSQL.");
  });

  it("ends with its signal's reason", async () => {
    const reason = new Error("The deadline has passed.");

    await expect(databaseToken(storage.identity)(AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
