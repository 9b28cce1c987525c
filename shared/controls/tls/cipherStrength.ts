const authenticatedEncryption = /GCM|CCM|POLY1305/i;
const ephemeralPrefix = /^(TLS_)?(ECDHE|DHE)[-_]/i;

/** Whether a suite, by its IANA or OpenSSL name, encrypts and authenticates in one step (AEAD). */
export function isAuthenticatedEncryption(cipher: string): boolean {
  return authenticatedEncryption.test(cipher);
}

/**
 * Whether a session's keys stay secret when the server's private key leaks later. Every full TLS 1.3 handshake is
 * ephemeral; before, the suite's name says so.
 */
export function isForwardSecret(protocol: string, cipher: string): boolean {
  return protocol === "TLSv1.3" || ephemeralPrefix.test(cipher);
}

export function isCurrentProtocol(protocol: string): boolean {
  return protocol === "TLSv1.2" || protocol === "TLSv1.3";
}
