/** One answer to a StartupMessage that was sent without SSLRequest; never a login attempt. */
export interface PlaintextProbe {
  readonly port: number;
  readonly outcome: "refused" | "authenticationRequested";
  /** SQLSTATE of the refusal, or the authentication that was asked for. */
  readonly detail: string;
}

/** One handshake limited to an old protocol version, by a hand-made ClientHello. */
export interface LegacyTlsProbe {
  readonly port: number;
  readonly protocol: "TLSv1" | "TLSv1.1";
  readonly accepted: boolean;
  /** The alert, the version the server chose, or how it closed. */
  readonly detail: string;
}

export interface ProbedCertificate {
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  /** ISO 8601. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** `rsa`, `ec`, `ed25519` … */
  readonly keyType: string;
  readonly keyBits: number;
  /** SHA-256, lower-case hex without colons. */
  readonly fingerprint: string;
}

/** What a current client negotiates. */
export interface TlsProbe {
  readonly port: number;
  /** `TLSv1.2` or `TLSv1.3`. */
  readonly protocol: string;
  /** The IANA name, such as `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string;
  /** Ephemeral key exchange: `ECDH`, `DH`, or null when there was none. */
  readonly keyExchange: string | null;
  readonly nameMatches: boolean;
  /** Whether the chain verified against the trusted roots of this process. */
  readonly trusted: boolean;
  /** Why not, as an OpenSSL code such as `SELF_SIGNED_CERT_IN_CHAIN`; null when trusted. */
  readonly trustError: string | null;
  /** The server's own certificate first; the last one is the root where the chain could be completed. */
  readonly chain: readonly ProbedCertificate[];
}

export interface DnsProbe {
  readonly address: string;
  /** ipaddr.js's range name: `private`, `unicast`, `loopback` … */
  readonly range: string;
}

/** Whether a TCP connection and SSLRequest from where pgwarden runs were answered. */
export interface ReachabilityProbe {
  readonly port: number;
  readonly open: boolean;
  readonly detail: string;
}
