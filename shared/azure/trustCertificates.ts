import { readFileSync } from "node:fs";
import tls from "node:tls";

const trusted = new Set<string>();

/**
 * Adds the roots of a PEM file to those that this process trusts, for every client made from then on: Azure SDKs, `fetch`
 * and PostgreSQL. Once per file; null adds nothing.
 */
export function trustCertificates(caFile: string | null): void {
  if (caFile === null || trusted.has(caFile)) return;
  const pem = readFileSync(caFile, "utf8");
  tls.setDefaultCACertificates([...tls.getCACertificates("default"), pem]);
  trusted.add(caFile);
}
