import { X509Certificate, createPrivateKey } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { makeCertificates } from "../../shared/local/certificates.ts";

describe("makeCertificates", () => {
  it("gives a leaf that its own authority signed, for every name asked for", async () => {
    const { ca, cert, key } = await makeCertificates(["orders.postgres.database.azure.com", "*.vault.azure.net"]);

    const authority = new X509Certificate(ca);
    const leaf = new X509Certificate(cert);
    expect(leaf.verify(authority.publicKey)).toBe(true);
    expect(leaf.checkIssued(authority)).toBe(true);
    expect(authority.ca).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.checkPrivateKey(createPrivateKey(key))).toBe(true);
    for (const name of ["orders.postgres.database.azure.com", "demo.vault.azure.net", "localhost"]) {
      expect(leaf.checkHost(name)).toBeDefined();
    }
    expect(leaf.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(leaf.checkHost("other.postgres.database.azure.com")).toBeUndefined();
  });

  it("gives a leaf that ends when it was told to", async () => {
    const notAfter = new Date("2020-01-02T00:00:00Z");

    const { cert } = await makeCertificates([], { notBefore: new Date("2020-01-01T00:00:00Z"), notAfter });

    expect(new X509Certificate(cert).validToDate).toEqual(notAfter);
  });

  it("gives a self-signed leaf that its authority did not sign", async () => {
    const { ca, cert } = await makeCertificates([], { selfSigned: true });

    const leaf = new X509Certificate(cert);
    expect(leaf.verify(leaf.publicKey)).toBe(true);
    expect(leaf.verify(new X509Certificate(ca).publicKey)).toBe(false);
  });

  it("gives an RSA leaf of the size asked for", async () => {
    const { ca, cert } = await makeCertificates([], { rsaBits: 1024 });

    const leaf = new X509Certificate(cert);
    expect(leaf.publicKey.asymmetricKeyDetails?.modulusLength).toBe(1024);
    expect(leaf.verify(new X509Certificate(ca).publicKey)).toBe(true);
  });
});
