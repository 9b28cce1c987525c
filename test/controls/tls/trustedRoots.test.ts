import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";
import { describe, expect, it } from "@jest/globals";
import { azureRoots } from "../../../shared/controls/tls/trustedRoots.ts";

describe("azureRoots", () => {
  it("are the roots of these names that Node carries", () => {
    const carried = rootCertificates.map((pem) => new X509Certificate(pem));

    const named = azureRoots.map((root) =>
      carried
        .find(({ fingerprint256 }) => fingerprint256.replaceAll(":", "").toLowerCase() === root)
        ?.subject.split("\n")
        .at(-1),
    );
    expect(named).toEqual(["CN=DigiCert Global Root G2", "CN=Microsoft RSA Root Certificate Authority 2017"]);
  });
});
