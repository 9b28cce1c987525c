import { randomBytes } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { legacyTls } from "../../../shared/postgres/probes/legacyTls.ts";
import { withFakeServer } from "../fakeServer.ts";
import { forever, host, leadTo } from "../localTarget.ts";

const S = Buffer.from("S");

function probe(answers: Parameters<typeof withFakeServer>[0], protocol: "TLSv1" | "TLSv1.1" = "TLSv1.1") {
  return withFakeServer(answers, ({ port }) =>
    legacyTls({ host, port: 5432 }, protocol, { hosts: leadTo(port), timeoutMs: 300, randomBytes }, forever),
  );
}

function serverHello(version: number): Buffer {
  return Buffer.from([22, 3, 1, 0, 80, 2, 0, 0, 76, version >> 8, version & 0xff, ...Buffer.alloc(74)]);
}

describe("legacyTls", () => {
  it("is refused by an alert", async () => {
    expect(await probe([S, Buffer.from([21, 3, 1, 0, 2, 2, 70])])).toEqual({
      port: 5432,
      protocol: "TLSv1.1",
      accepted: false,
      detail: "alert protocol_version",
    });
    expect((await probe([S, Buffer.from([21, 3, 1, 0, 2, 2, 99])])).detail).toBe("alert 99");
  });

  it("is refused by a server that hangs up, politely or not", async () => {
    const refused = { accepted: false, detail: "the connection was closed" };

    expect(await probe([S, null])).toMatchObject(refused);
    expect(await probe([S, "reset"])).toMatchObject(refused);
  });

  it("is accepted by a ServerHello of the version offered or an older one", async () => {
    expect(await probe([S, serverHello(0x0302)])).toMatchObject({ accepted: true, detail: "the server chose TLSv1.1" });
    expect(await probe([S, serverHello(0x0301)])).toMatchObject({ accepted: true, detail: "the server chose TLSv1" });
    expect(await probe([S, serverHello(0x0303)], "TLSv1")).toMatchObject({
      accepted: false,
      detail: "the server chose version 0x0303",
    });
  });

  it("is not answered by a server without TLS, by none, and by something that is no TLS", async () => {
    await expect(probe([Buffer.from("N")])).rejects.toMatchObject({ reason: "absent" });
    await expect(probe([Buffer.from("E")])).rejects.toMatchObject({ reason: "shape" });
    await expect(probe([null])).rejects.toMatchObject({ reason: "unreachable" });
    await expect(probe([S, Buffer.from("HTTP/1.1 400")])).rejects.toMatchObject({ reason: "shape" });
    await expect(probe([S, "wait"])).rejects.toMatchObject({ reason: "timeout" });
  });
});
