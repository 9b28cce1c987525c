import type { ProbedCertificate, TlsProbe } from "../../../shared/model/probeEvidence.ts";
import { azureRoots } from "../../../shared/controls/tls/trustedRoots.ts";
import { tlsProbe } from "../../builders.ts";

export function certificate(override: Partial<ProbedCertificate> = {}): ProbedCertificate {
  return {
    subject: "CN=orders.postgres.database.azure.com",
    issuer: "CN=Microsoft Azure RSA TLS Issuing CA 04",
    names: ["orders.postgres.database.azure.com"],
    notBefore: "2026-09-01T00:00:00.000Z",
    notAfter: "2027-03-01T00:00:00.000Z",
    keyType: "rsa",
    keyBits: 2048,
    fingerprint: "11".repeat(32),
    ...override,
  };
}

export const root = certificate({
  subject: "CN=DigiCert Global Root G2",
  issuer: "CN=DigiCert Global Root G2",
  names: [],
  notAfter: "2038-01-15T12:00:00.000Z",
  fingerprint: azureRoots[0] ?? "",
});

/** What Azure shows: a strong handshake, and a chain that ends at an expected root. */
export function azureTlsProbe(override: Partial<TlsProbe> = {}): TlsProbe {
  return tlsProbe({ chain: [certificate(), certificate({ subject: "CN=Intermediate" }), root], ...override });
}
