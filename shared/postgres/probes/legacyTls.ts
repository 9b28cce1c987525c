import { CollectError } from "../../collect/collectError.ts";
import type { ProbeTarget } from "../../collect/collector.ts";
import type { LegacyTlsProbe } from "../../model/probeEvidence.ts";
import { codeOf } from "../networkFault.ts";
import { onWire, startTls, type ProbeOptions, type Wire } from "../wire.ts";
import { clientHello, tlsVersions } from "./clientHello.ts";

const alerts: Readonly<Record<number, string>> = {
  0: "close_notify",
  10: "unexpected_message",
  40: "handshake_failure",
  47: "illegal_parameter",
  50: "decode_error",
  70: "protocol_version",
  71: "insufficient_security",
  80: "internal_error",
  86: "inappropriate_fallback",
  112: "unrecognized_name",
};

/**
 * Offers an old protocol version and reads the first record: a ServerHello accepts it, an alert or a closed connection
 * refuses it. Hand-made, because the OpenSSL of Node cannot speak these versions any more.
 */
export async function legacyTls(
  target: ProbeTarget,
  protocol: LegacyTlsProbe["protocol"],
  options: ProbeOptions,
  signal: AbortSignal,
): Promise<LegacyTlsProbe> {
  const { port } = target;
  const where = `${target.host}:${port}`;
  return onWire(target, options, signal, async (wire) => {
    await startTls(wire, where);
    wire.socket.write(clientHello(target.host, protocol, options.randomBytes(32)));
    return { port, protocol, ...judge(await firstRecord(wire), protocol, where) };
  });
}

/** The head of the first record and as much of its content as tells what it is; nothing when the server hung up. */
async function firstRecord({ read }: Wire): Promise<Buffer> {
  try {
    const head = await read(5);
    if (head.length < 5) return head;
    return Buffer.concat([head, await read(Math.min(head.readUInt16BE(3), 6))]);
  } catch (error) {
    // Some servers refuse by hanging up so hard that the alert is lost.
    if (["ECONNRESET", "EPIPE"].includes(codeOf(error) ?? "")) return Buffer.alloc(0);
    throw error;
  }
}

/** @param answer up to 11 bytes: record type, version, length, then an alert or the start of a ServerHello */
function judge(answer: Buffer, protocol: LegacyTlsProbe["protocol"], where: string) {
  if (answer.length === 0) return { accepted: false, detail: "the connection was closed" };
  const type = answer[0];
  if (type === 21 && answer.length >= 7) {
    const code = answer[6] ?? 0;
    return { accepted: false, detail: `alert ${alerts[code] ?? String(code)}` };
  }
  if (type === 22 && answer.length === 11 && answer[5] === 2) {
    const version = answer.readUInt16BE(9);
    // A server that chooses more than was offered breaks the protocol: no client of that version could go on.
    const accepted = version <= tlsVersions[protocol];
    return { accepted, detail: `the server chose ${versionName(version)}` };
  }
  throw new CollectError("shape", `${where} does not answer a ClientHello as TLS does.`);
}

function versionName(version: number): string {
  const names: Readonly<Record<number, string>> = { 0x0300: "SSLv3", 0x0301: "TLSv1", 0x0302: "TLSv1.1" };
  return names[version] ?? `version 0x${version.toString(16).padStart(4, "0")}`;
}
