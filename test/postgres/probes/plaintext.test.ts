import { randomBytes } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { plaintext } from "../../../shared/postgres/probes/plaintext.ts";
import { errorResponse, message, withFakeServer } from "../fakeServer.ts";
import { forever, host, leadTo } from "../localTarget.ts";

const target = { host, port: 5432 };

function probe(answers: Parameters<typeof withFakeServer>[0], timeoutMs = 5_000) {
  return withFakeServer(answers, ({ port }) =>
    plaintext(target, { hosts: leadTo(port), timeoutMs, randomBytes }, forever),
  );
}

describe("plaintext", () => {
  it("is refused by an ErrorResponse, with its SQLSTATE", async () => {
    expect(await probe([errorResponse("28000")])).toEqual({ port: 5432, outcome: "refused", detail: "28000" });
    expect(await probe([errorResponse("08P01")])).toEqual({ port: 5432, outcome: "refused", detail: "08P01" });
  });

  it("is refused by a server that just hangs up", async () => {
    expect(await probe([null])).toEqual({ port: 5432, outcome: "refused", detail: "the connection was closed" });
  });

  it.each([
    [0, "AuthenticationOk"],
    [3, "AuthenticationCleartextPassword"],
    [5, "AuthenticationMD5Password"],
    [10, "AuthenticationSASL"],
    [99, "authentication 99"],
  ])("is accepted by authentication request %i", async (code, detail) => {
    const body = Buffer.alloc(4);
    body.writeUInt32BE(code);

    expect(await probe([message("R", body)])).toEqual({ port: 5432, outcome: "authenticationRequested", detail });
  });

  it.each(["53300", "57P03", "XX000"])("is not answered by a server that has other reasons (%s)", async (state) => {
    await expect(probe([errorResponse(state)])).rejects.toMatchObject({ reason: "unreachable" });
  });

  it("is not answered by something that is no PostgreSQL", async () => {
    await expect(probe([Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")])).rejects.toMatchObject({ reason: "shape" });
    await expect(probe([Buffer.from([0x48])], 50)).rejects.toMatchObject({ reason: "timeout" });
  });

  it("is bounded in time", async () => {
    await expect(probe(["wait"], 50)).rejects.toMatchObject({
      reason: "timeout",
      message: `${host}:5432 did not answer within 50 ms.`,
    });
  });

  it("sends a start-up and never a password", async () => {
    const received = await withFakeServer([message("R", Buffer.from([0, 0, 0, 3]))], async (server) => {
      await plaintext(target, { hosts: leadTo(server.port), timeoutMs: 5_000, randomBytes }, forever);
      return Buffer.concat(server.received);
    });

    expect(received.readUInt32BE(0)).toBe(received.length);
    expect(received.readUInt32BE(4)).toBe(196_608);
    expect(received.toString("latin1", 8)).toBe("user\0pgwarden_probe\0database\0postgres\0\0");
  });
});
