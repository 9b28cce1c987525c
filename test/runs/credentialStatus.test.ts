import { describe, expect, it } from "@jest/globals";
import { RotationError } from "../../shared/rotate/rotationError.ts";
import { credentialStatus, credentialStatuses } from "../../shared/runs/credentialStatus.ts";
import { health } from "../../shared/runs/health.ts";
import { recoverCredentials } from "../../shared/runs/recoverCredentials.ts";
import { requestRotation } from "../../shared/runs/requestRotation.ts";
import { rotateCredential } from "../../shared/runs/rotateCredential.ts";
import { UnknownCredentialError } from "../../shared/runs/rotationPorts.ts";
import { fakeCredentialPorts } from "./fakeCredentialPorts.ts";
import { config, noSignal } from "./fakeScanPorts.ts";

const recovery = { runId: "recover-20261122T061000Z", actor: "timer" };

describe("credentialStatus", () => {
  it("tells age, next due and state of a credential", async () => {
    const ports = fakeCredentialPorts();
    await recoverCredentials(recovery, ports, noSignal());

    expect(await credentialStatus("app", ports, noSignal())).toEqual({
      name: "app",
      server: "orders",
      strategy: "single",
      roles: ["app"],
      enabled: true,
      state: "healthy",
      since: "2026-11-22T06:10:00.000Z",
      checkedAt: "2026-11-22T06:10:00.000Z",
      published: {
        version: "v1",
        user: "app",
        generation: 1,
        createdAt: "2026-11-01T00:00:00Z",
        expiresAt: null,
        ageSeconds: 21 * 86_400 + 6 * 3600 + 600,
      },
      secret: "present",
      rotatedAt: null,
      nextDueAt: "2027-01-30T00:00:00.000Z",
      overdue: false,
      intent: null,
      problem: null,
      advice: [],
      requests: [],
    });
  });

  it("tells when the password became another one", async () => {
    const ports = fakeCredentialPorts();
    const request = { credential: "app", requestId: "http-00000001", reason: "http", actor: "ann" } as const;
    await rotateCredential(request, ports, noSignal());

    expect(await credentialStatus("app", ports, noSignal())).toMatchObject({
      rotatedAt: "2026-11-22T06:10:00.000Z",
      published: { generation: 2, ageSeconds: 0 },
    });
  });

  it("is new before anybody has looked, and overdue past its age", async () => {
    const ports = fakeCredentialPorts();
    ports.time = new Date("2027-02-01T00:00:00.000Z");

    expect(await credentialStatus("app", ports, noSignal())).toMatchObject({
      state: "new",
      since: null,
      checkedAt: null,
      overdue: true,
    });
  });

  it("shows what was seen last while the vault does not answer, and why", async () => {
    const ports = fakeCredentialPorts();
    await recoverCredentials(recovery, ports, noSignal());
    const fault = { code: "VAULT_DENIED" as const, effect: "none" as const, remedy: "grant getSecret" };
    ports.of("app").vaultFault = new RotationError("The vault refused.", fault);

    expect(await credentialStatus("app", ports, noSignal())).toMatchObject({
      state: "healthy",
      secret: null,
      published: { version: "v1", generation: 1 },
      nextDueAt: "2027-01-30T00:00:00.000Z",
      problem: { codes: ["VAULT_DENIED"], message: "The vault refused.", remedy: "grant getSecret" },
    });
  });

  it("shows an open rotation and what holds it up", async () => {
    const ports = fakeCredentialPorts();
    const intent = { generation: 2, rotationId: "r2", role: "app", createdAt: "2026-11-22T06:09:00.000Z" };
    ports.of("app").intent = intent;
    const remark = { code: "VAULT_READ_ONLY" as const, message: "The vault takes no writes.", remedy: null };
    ports.of("app").reports.push({ state: "open", remarks: [remark] });
    await recoverCredentials(recovery, ports, noSignal());

    expect(await credentialStatus("app", ports, noSignal())).toMatchObject({
      state: "open",
      intent,
      problem: { codes: ["VAULT_READ_ONLY"], message: "The vault takes no writes.", remedy: null },
    });
  });

  it("lists all as they stand in the configuration", async () => {
    const ports = fakeCredentialPorts(["b", "a"]);

    expect((await credentialStatuses(ports, noSignal())).map(({ name }) => name)).toEqual(["b", "a"]);
  });

  it("knows no other", async () => {
    await expect(credentialStatus("x", fakeCredentialPorts(), noSignal())).rejects.toThrow(UnknownCredentialError);
  });
});

describe("requestRotation", () => {
  const asked = { credential: "app", requestId: "http-0123456789abcdef", actor: "ann", reason: "leaked" };

  it("hands the rotation to a worker and writes down who asked", async () => {
    const ports = fakeCredentialPorts();

    expect(await requestRotation(asked, ports, noSignal())).toEqual({ outcome: "queued" });

    const message = { v: 1, credential: "app", requestId: asked.requestId, reason: "http" };
    expect(ports.dispatched).toEqual([{ message, delaySeconds: 0 }]);
    expect(ports.told("app")).toEqual(["rotation.request queued"]);
    const rows = ports.sink.rows();
    expect(rows).toMatchObject([{ Actor: "ann", Target: "app", Detail: { reason: "leaked" } }]);
  });

  it("hands over nothing for a request that was granted, and says so", async () => {
    const ports = fakeCredentialPorts();
    const { credential, requestId } = asked;
    await rotateCredential({ credential, requestId, reason: "http", actor: "http" }, ports, noSignal());

    expect(await requestRotation(asked, ports, noSignal())).toEqual({ outcome: "granted" });
    expect(ports.dispatched).toEqual([]);
    expect((await credentialStatus("app", ports, noSignal())).requests).toEqual([
      { id: requestId, status: "done", at: "2026-11-22T06:10:00.000Z" },
    ]);
  });

  it("refuses a disabled credential, with a line in the audit log", async () => {
    const ports = fakeCredentialPorts(["app"], { more: { enabled: false } });

    expect(await requestRotation(asked, ports, noSignal())).toEqual({ outcome: "disabled" });
    expect(ports.told("app")).toEqual(["rotation.request refused"]);
    expect(ports.dispatched).toEqual([]);
  });

  it("knows no other, and writes no stream of that name", async () => {
    const ports = fakeCredentialPorts();

    expect(await requestRotation({ ...asked, credential: "../x" }, ports, noSignal())).toEqual({ outcome: "unknown" });
    expect(ports.audit.blobs.size).toBe(0);
  });
});

describe("health", () => {
  const versions = { node: "v24", version: "1" };

  it("is stale when no recovery has finished for half an hour", async () => {
    const ports = fakeCredentialPorts();
    const withConfig = { ...ports, config: { ...config, credentials: ports.config.credentials } };
    await recoverCredentials(recovery, ports, noSignal());

    const states = [];
    for (const minutes of [30, 31]) {
      const time = new Date(ports.time.getTime() + minutes * 60_000);
      states.push((await health({ ...withConfig, now: () => time }, versions, noSignal())).status);
    }

    expect(states).toEqual(["neverScanned", "stale"]);
  });

  it("says nothing of rotation without credentials", async () => {
    const ports = fakeCredentialPorts([]);

    expect(await health({ ...ports, config }, versions, noSignal())).toMatchObject({ rotation: null });
  });
});
