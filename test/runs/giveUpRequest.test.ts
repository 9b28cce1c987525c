import { describe, expect, it } from "@jest/globals";
import { credentialStatus } from "../../shared/runs/credentialStatus.ts";
import { giveUpRequest } from "../../shared/runs/giveUpRequest.ts";
import { CredentialBusyError, rotateCredential } from "../../shared/runs/rotateCredential.ts";
import { fakeCredentialPorts } from "./fakeCredentialPorts.ts";
import { noSignal } from "./fakeScanPorts.ts";

const wish = { credential: "app", requestId: "http-0123456789abcdef", reason: "http", actor: "http" } as const;
const lastTry = { tries: 5, fault: "CredentialBusyError" };

describe("giveUpRequest", () => {
  it("shows the request as failed, in the credential and in its audit log, until it is granted after all", async () => {
    const ports = fakeCredentialPorts();
    ports.of("app").reports.push({ state: "busy", published: null });
    await expect(rotateCredential(wish, ports, noSignal())).rejects.toThrow(CredentialBusyError);

    await giveUpRequest(wish, lastTry, ports, noSignal());
    const { requests } = await credentialStatus("app", ports, noSignal());
    await rotateCredential(wish, ports, noSignal());

    const at = "2026-11-22T06:10:00.000Z";
    expect(requests).toEqual([{ id: wish.requestId, status: "failed", at }]);
    expect(ports.told("app").filter((line) => line.startsWith("rotation.giveUp"))).toEqual(["rotation.giveUp failed"]);
    expect((await credentialStatus("app", ports, noSignal())).requests).toEqual([
      { id: wish.requestId, status: "done", at },
    ]);
    expect(ports.of("app").generation).toBe(2);
  });

  it("leaves a request that was granted as it is", async () => {
    const ports = fakeCredentialPorts();
    await rotateCredential(wish, ports, noSignal());
    const before = await credentialStatus("app", ports, noSignal());

    await giveUpRequest(wish, lastTry, ports, noSignal());

    expect(await credentialStatus("app", ports, noSignal())).toEqual(before);
  });
});
