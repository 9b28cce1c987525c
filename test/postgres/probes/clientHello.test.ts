import { describe, expect, it } from "@jest/globals";
import { clientHello } from "../../../shared/postgres/probes/clientHello.ts";

const random = Buffer.alloc(32, 7);

describe("clientHello", () => {
  it("is one record whose lengths agree, with the version asked for inside", () => {
    const hello = clientHello("orders.postgres.database.azure.com", "TLSv1.1", random);

    expect([...hello.subarray(0, 3)]).toEqual([22, 3, 1]);
    expect(hello.readUInt16BE(3)).toBe(hello.length - 5);
    expect(hello[5]).toBe(1);
    expect(hello.readUIntBE(6, 3)).toBe(hello.length - 9);
    expect(hello.readUInt16BE(9)).toBe(0x0302);
    expect(hello.subarray(11, 43)).toEqual(random);
  });

  it("names the server, but never an address", () => {
    expect(clientHello("a.example.com", "TLSv1", random).includes("a.example.com")).toBe(true);
    expect(clientHello("10.1.0.4", "TLSv1", random).includes("10.1.0.4")).toBe(false);
  });

  it("never asks not to fall back", () => {
    expect(clientHello("a.example.com", "TLSv1", random).includes(Buffer.from([0x56, 0x00]))).toBe(false);
  });
});
