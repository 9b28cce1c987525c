import { isIP } from "node:net";

/** Suites that TLS 1.0 and 1.1 know and that servers which still speak them have; the last byte pair says that
 * renegotiation is safe. No fallback signal: a server would refuse for that reason alone. */
const cipherSuites = [
  0xc014, 0xc00a, 0xc013, 0xc009, 0x0039, 0x0033, 0x0035, 0x002f, 0xc012, 0xc008, 0x0016, 0x000a, 0x00ff,
];
const groups = [0x001d, 0x0017, 0x0018, 0x0019];
/** Only read from TLS 1.2 on; some servers want to see them all the same. */
const signatureAlgorithms = [0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201];

export const tlsVersions = { TLSv1: 0x0301, "TLSv1.1": 0x0302 } as const;

/**
 * A well-formed ClientHello whose highest version is an old one, as one TLS record.
 *
 * @param random 32 bytes
 */
export function clientHello(serverName: string, protocol: keyof typeof tlsVersions, random: Uint8Array): Buffer {
  const body = Buffer.concat([
    uint16(tlsVersions[protocol]),
    random,
    withLength(1, Buffer.alloc(0)), // no session to resume
    withLength(2, uint16(...cipherSuites)),
    withLength(1, Buffer.from([0])), // no compression
    withLength(2, Buffer.concat(extensions(serverName))),
  ]);
  const handshake = Buffer.concat([Buffer.from([1]), withLength(3, body)]);
  // The record's own version is 1.0 in a first hello, whatever is asked for inside.
  return Buffer.concat([Buffer.from([22]), uint16(0x0301), withLength(2, handshake)]);
}

function extensions(serverName: string): readonly Buffer[] {
  const others = [
    extension(10, withLength(2, uint16(...groups))),
    extension(11, withLength(1, Buffer.from([0]))), // uncompressed points
    extension(13, withLength(2, uint16(...signatureAlgorithms))),
  ];
  // An address is no server name (RFC 6066).
  if (isIP(serverName) !== 0) return others;
  const name = Buffer.concat([Buffer.from([0]), withLength(2, Buffer.from(serverName, "latin1"))]);
  return [extension(0, withLength(2, name)), ...others];
}

function extension(type: number, content: Buffer): Buffer {
  return Buffer.concat([uint16(type), withLength(2, content)]);
}

function uint16(...values: readonly number[]): Buffer {
  return Buffer.from(values.flatMap((value) => [value >> 8, value & 0xff]));
}

/** `content` after its length in `bytes` bytes. */
function withLength(bytes: 1 | 2 | 3, content: Buffer): Buffer {
  const length = Buffer.alloc(bytes);
  length.writeUIntBE(content.length, 0, bytes);
  return Buffer.concat([length, content]);
}
