import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { checkServerIdentity, connect, type DetailedPeerCertificate, type TLSSocket } from "node:tls";
import { CollectError } from "../../collect/collectError.ts";
import type { ProbeTarget } from "../../collect/collector.ts";
import type { ProbedCertificate, TlsProbe } from "../../model/probeEvidence.ts";
import { codeOf, networkFault } from "../networkFault.ts";
import { onWire, startTls, type ProbeOptions } from "../wire.ts";

/** More links than this are no chain. */
const maxChain = 10;

/**
 * What a current client and the server agree on, and the certificates it shows. Verification is evidence here: nothing
 * is sent over this connection, and it is closed after the handshake.
 */
export async function negotiatedTls(
  target: ProbeTarget,
  options: ProbeOptions,
  signal: AbortSignal,
): Promise<TlsProbe> {
  const { host, port } = target;
  const where = `${host}:${port}`;
  return onWire(target, options, signal, async (wire) => {
    await startTls(wire, where);
    const tls = connect({
      socket: wire.socket,
      ...(isIP(host) === 0 && { servername: host }),
      rejectUnauthorized: false,
      // The name is judged apart, so that it does not hide what is wrong with the chain.
      checkServerIdentity: () => undefined,
    });
    try {
      await secured(tls, where);
      return describe(tls, host, port);
    } finally {
      tls.on("error", () => undefined);
      tls.destroy();
    }
  });
}

function secured(tls: TLSSocket, where: string): Promise<void> {
  return new Promise((resolve, reject) => {
    tls.once("secureConnect", resolve);
    tls.once("error", (error) => {
      const code = codeOf(error) ?? "no code";
      const sentence = `${where} and this client could not agree on TLS (${code}).`;
      reject(networkFault(error, where) ?? new CollectError("unreachable", sentence, { cause: error }));
    });
    tls.once("close", () => {
      reject(new CollectError("unreachable", `${where} broke the TLS handshake off.`));
    });
  });
}

function describe(tls: TLSSocket, host: string, port: number): TlsProbe {
  const { standardName } = tls.getCipher();
  const key = tls.getEphemeralKeyInfo();
  const certificate = tls.getPeerCertificate(true);
  return {
    port,
    protocol: tls.getProtocol() ?? "unknown",
    cipher: standardName,
    keyExchange: key !== null && "type" in key ? key.type : null,
    nameMatches: checkServerIdentity(host, certificate) === undefined,
    trusted: tls.authorized,
    trustError: tls.authorized ? null : trustErrorOf(tls),
    chain: chainOf(certificate),
  };
}

/** Declared as an Error; Node sets the OpenSSL code as plain text. */
function trustErrorOf({ authorizationError }: TLSSocket): string {
  const error: unknown = authorizationError;
  return typeof error === "string" ? error : (codeOf(error) ?? "UNKNOWN");
}

/** OpenSSL adds the issuers that this process knows; a root is its own issuer. */
function chainOf(certificate: DetailedPeerCertificate): readonly ProbedCertificate[] {
  const chain: ProbedCertificate[] = [];
  let next: DetailedPeerCertificate | undefined = certificate;
  while (next !== undefined && chain.length < maxChain) {
    chain.push(probedCertificate(new X509Certificate(next.raw)));
    const issuer = next.issuerCertificate as DetailedPeerCertificate | undefined; // absent where the chain breaks off
    next = issuer === undefined || issuer.fingerprint256 === next.fingerprint256 ? undefined : issuer;
  }
  return chain;
}

function probedCertificate(certificate: X509Certificate): ProbedCertificate {
  const { publicKey } = certificate;
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    names: namesOf(certificate.subjectAltName),
    notBefore: certificate.validFromDate.toISOString(),
    notAfter: certificate.validToDate.toISOString(),
    keyType: publicKey.asymmetricKeyType ?? "unknown",
    keyBits: keyBits(publicKey),
    fingerprint: certificate.fingerprint256.replaceAll(":", "").toLowerCase(),
  };
}

/** Node prints one part of a name per line. */
function oneLine(name: string): string {
  return name.split("\n").join(", ");
}

/** `DNS:a.example, IP Address:10.0.0.1` → the names and addresses. A quoted entry holds a comma and stays as it is. */
function namesOf(subjectAltName: string | undefined): readonly string[] {
  const entries = subjectAltName?.match(/(?:[^,"]|"[^"]*")+/g) ?? [];
  return entries.map((entry) => entry.trim().replace(/^(DNS|IP Address):/, ""));
}

const curveBits: Readonly<Record<string, number>> = {
  prime256v1: 256,
  secp256k1: 256,
  secp384r1: 384,
  secp521r1: 521,
};

const fixedBits: Readonly<Record<string, number>> = { ed25519: 256, ed448: 456 };

/** Zero when nobody knows, which is below every limit. */
function keyBits({ asymmetricKeyType, asymmetricKeyDetails }: X509Certificate["publicKey"]): number {
  const { modulusLength, namedCurve } = asymmetricKeyDetails ?? {};
  if (modulusLength !== undefined) return modulusLength;
  return curveBits[namedCurve ?? ""] ?? fixedBits[asymmetricKeyType ?? ""] ?? 0;
}
