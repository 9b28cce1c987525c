import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";
import { afterAll, describe, expect, it } from "@jest/globals";
import { trustCertificates } from "../../shared/azure/trustCertificates.ts";
import { makeCertificates } from "../../shared/local/certificates.ts";

const directory = mkdtempSync(join(tmpdir(), "pgwarden-trust-"));

/** By fingerprint: a bundle given by NODE_EXTRA_CA_CERTS may repeat Node's own. */
function trusted(): ReadonlySet<string> {
  return new Set(tls.getCACertificates("default").map((pem) => new X509Certificate(pem).fingerprint256));
}

afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe("trustCertificates", () => {
  it("lets this process trust a server that it did not trust before, beside all others, once", async () => {
    const { ca, cert, key } = await makeCertificates([]);
    const caFile = join(directory, "ca.pem");
    writeFileSync(caFile, ca);
    const server = createServer({ cert, key }, (_, response) => response.end("hello"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo; // a listening TCP server has a port
    const url = `https://127.0.0.1:${port}/`;
    const before = trusted();

    await expect(fetch(url)).rejects.toThrow();
    trustCertificates(caFile);
    trustCertificates(caFile);
    const answer = await fetch(url, { headers: { connection: "close" } });

    expect(await answer.text()).toBe("hello");
    const after = trusted();
    expect(after.size).toBe(before.size + 1);
    expect(before.isSubsetOf(after)).toBe(true);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it("adds nothing without a file", () => {
    const before = trusted();

    trustCertificates(null);

    expect(trusted()).toEqual(before);
  });

  it("says so when the file cannot be read", () => {
    expect(() => {
      trustCertificates(join(directory, "none.pem"));
    }).toThrow("ENOENT");
  });
});
