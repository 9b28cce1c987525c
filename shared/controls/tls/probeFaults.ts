import type { LegacyTlsProbe, PlaintextProbe, ProbedCertificate, TlsProbe } from "../../model/probeEvidence.ts";
import type { Policy } from "../../model/policy.ts";
import { isAuthenticatedEncryption, isCurrentProtocol, isForwardSecret } from "./cipherStrength.ts";
import { azureRoots } from "./trustedRoots.ts";

const dayMs = 24 * 60 * 60 * 1000;
/** Smallest key per type, NIST SP 800-131A; types that have one size only are not listed. */
const minimumBits: ReadonlyMap<string, number> = new Map([
  ["rsa", 2048],
  ["rsa-pss", 2048],
  ["ec", 256],
]);
const soundTypes = ["ed25519", "ed448"];

/** What is wrong with the answer to a start-up without TLS; undefined when it was refused. */
export function plaintextFault({ outcome, detail }: PlaintextProbe): string | undefined {
  return outcome === "refused" ? undefined : `a start-up without TLS was asked for authentication (${detail})`;
}

/** What is wrong with the answer to an old ClientHello; undefined when it was refused. */
export function legacyFault({ protocol, accepted, detail }: LegacyTlsProbe): string | undefined {
  return accepted ? `a ${protocol} handshake was accepted (${detail})` : undefined;
}

/** What is weak in what a current client negotiates: version, key exchange, suite, key of the certificate. */
export function negotiationFaults({ protocol, cipher, keyExchange, chain }: TlsProbe): readonly string[] {
  const faults: string[] = [];
  if (!isCurrentProtocol(protocol)) faults.push(`${protocol} was negotiated (the least is TLSv1.2)`);
  if (keyExchange === null && !isForwardSecret(protocol, cipher))
    faults.push(`${cipher} has no ephemeral key exchange`);
  if (!isAuthenticatedEncryption(cipher)) faults.push(`${cipher} is no AEAD suite (GCM, CCM or Poly1305)`);
  const leaf = chain[0];
  if (leaf === undefined) faults.push("no certificate was shown");
  else if (!isStrongKey(leaf))
    faults.push(`the certificate's key is ${leaf.keyType} of ${leaf.keyBits} bits (RSA needs 2048, EC 256)`);
  return faults;
}

/** What is wrong with the certificate: chain, root, name, time. */
export function certificateFaults(
  { trusted, trustError, nameMatches, chain }: TlsProbe,
  { trustedRoots, certificateDaysLeft }: Policy["tls"],
  takenAt: string,
): readonly string[] {
  const leaf = chain[0];
  const root = chain.at(-1);
  if (leaf === undefined || root === undefined) return ["no certificate was shown"];
  const faults: string[] = [];
  if (!trusted) faults.push(`the certificate does not verify (${trustError ?? "no reason given"})`);
  // The root alone proves nothing: a server may send any root along. It counts at the end of a chain that verifies.
  if (!isExpectedRoot(root, trustedRoots))
    faults.push(`the chain ends at ${root.subject} (SHA-256 ${root.fingerprint}), which is no expected root`);
  if (!nameMatches) faults.push(`the certificate is for ${namesOf(leaf)}, not for the server's name`);
  if (!(Date.parse(leaf.notBefore) <= Date.parse(takenAt)))
    faults.push(`the certificate is valid from ${leaf.notBefore} only`);
  const daysLeft = Math.floor((Date.parse(leaf.notAfter) - Date.parse(takenAt)) / dayMs);
  // Written so that a date that cannot be read is a fault too.
  if (!(daysLeft > certificateDaysLeft))
    faults.push(
      `the certificate ends on ${leaf.notAfter}, in ${daysLeft} days (more than ${certificateDaysLeft} must be left)`,
    );
  return faults;
}

/** One sentence of all that is wrong on a port. */
export function portMessage(port: number, faults: readonly string[]): string {
  return `Port ${port}: ${faults.join("; ")}.`;
}

function isStrongKey({ keyType, keyBits }: ProbedCertificate): boolean {
  const type = keyType.toLowerCase();
  const least = minimumBits.get(type);
  return least === undefined ? soundTypes.includes(type) : keyBits >= least;
}

function isExpectedRoot({ fingerprint }: ProbedCertificate, trustedRoots: readonly string[]): boolean {
  return [...azureRoots, ...trustedRoots].some((root) => normal(root) === normal(fingerprint));
}

function normal(fingerprint: string): string {
  return fingerprint.replaceAll(":", "").toLowerCase();
}

function namesOf({ names, subject }: ProbedCertificate): string {
  return names.length === 0 ? subject : names.join(", ");
}
