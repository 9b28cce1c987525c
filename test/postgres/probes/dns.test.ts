import { randomBytes } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { dns } from "../../../shared/postgres/probes/dns.ts";
import { forever } from "../localTarget.ts";

function optionsFor(addresses: readonly string[]) {
  const hosts = { "db.example.com": { addresses, connect: {} } };
  return { hosts, timeoutMs: 5_000, randomBytes };
}

describe("dns", () => {
  it("names the range of every address, each once", async () => {
    const addresses = ["52.1.2.3", "10.1.0.4", "fd00::4", "::ffff:10.1.0.5", "127.0.0.1", "10.1.0.4"];

    expect(await dns("DB.example.com", optionsFor(addresses), forever)).toEqual([
      { address: "10.1.0.4", range: "private" },
      { address: "127.0.0.1", range: "loopback" },
      { address: "52.1.2.3", range: "unicast" },
      { address: "::ffff:10.1.0.5", range: "private" },
      { address: "fd00::4", range: "uniqueLocal" },
    ]);
  });

  it("asks the resolver of this machine for every other name", async () => {
    const [first] = await dns("localhost", optionsFor([]), forever);

    expect(first?.range).toBe("loopback");
  });

  it("says that a name does not resolve", async () => {
    await expect(dns("no-such-host.invalid", optionsFor([]), forever)).rejects.toMatchObject({ reason: "unreachable" });
    await expect(dns("localhost", optionsFor([]), AbortSignal.abort())).rejects.toMatchObject({ reason: "deadline" });
  });
});
