import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** PEM texts. `cert` is the leaf alone; clients trust `ca`. */
export interface Certificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export interface CertificateOptions {
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** The leaf signs itself; `ca` is then a certificate that did not sign it. */
  readonly selfSigned?: boolean;
  /** RSA keys of this size for the leaf instead of ECDSA P-256. */
  readonly rsaBits?: number;
}

const DAY_MS = 86_400_000;
const SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";
const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/**
 * A fresh authority and one server certificate for the names given, `localhost` and 127.0.0.1.
 * Wildcards such as `*.postgres.database.azure.com` are taken as they are.
 */
export async function makeCertificates(
  dnsNames: readonly string[],
  options: CertificateOptions = {},
): Promise<Certificates> {
  const { notBefore = new Date(Date.now() - DAY_MS), notAfter = new Date(Date.now() + 30 * DAY_MS) } = options;
  x509.cryptoProvider.set(webcrypto);
  const leafAlgorithm =
    options.rsaBits === undefined
      ? ECDSA
      : {
          name: "RSASSA-PKCS1-v1_5",
          hash: "SHA-256",
          modulusLength: options.rsaBits,
          publicExponent: new Uint8Array([1, 0, 1]),
        };
  const caKeys = await webcrypto.subtle.generateKey(ECDSA, true, ["sign", "verify"]);
  const leafKeys = await webcrypto.subtle.generateKey(leafAlgorithm, true, ["sign", "verify"]);
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: `CN=pgwarden local CA ${randomBytes(4).toString("hex")}`,
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + 3650 * DAY_MS),
    keys: caKeys,
    signingAlgorithm: ECDSA,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  const issuer = options.selfSigned === true ? leafKeys : caKeys;
  const cert = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: "CN=localhost",
    issuer: options.selfSigned === true ? "CN=localhost" : ca.subject,
    notBefore,
    notAfter,
    publicKey: leafKeys.publicKey,
    signingKey: issuer.privateKey,
    signingAlgorithm: options.selfSigned === true ? leafAlgorithm : ECDSA,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.SubjectAlternativeNameExtension([
        ...[...new Set([...dnsNames, "localhost"])].map((value) => ({ type: "dns" as const, value })),
        { type: "ip", value: "127.0.0.1" },
      ]),
      new x509.ExtendedKeyUsageExtension([SERVER_AUTHENTICATION]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return { ca: ca.toString("pem"), cert: cert.toString("pem"), key: await privateKeyPem(leafKeys.privateKey) };
}

/** Positive and at most 20 bytes, as RFC 5280 wants. */
function serialNumber(): string {
  return `01${randomBytes(15).toString("hex")}`;
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  const base64 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key)).toString("base64");
  const lines = base64.match(/.{1,64}/g) ?? [];
  return ["-----BEGIN PRIVATE KEY-----", ...lines, "-----END PRIVATE KEY-----", ""].join("\n");
}
