import type { Prober } from "../collect/collector.ts";
import type { HostOverrides } from "./hostRoute.ts";
import { dns } from "./probes/dns.ts";
import { legacyTls } from "./probes/legacyTls.ts";
import { negotiatedTls } from "./probes/negotiatedTls.ts";
import { plaintext } from "./probes/plaintext.ts";
import { reachability } from "./probes/reachability.ts";

export interface ProberOptions {
  readonly hosts?: HostOverrides;
  readonly randomBytes: (size: number) => Uint8Array;
  /** Of one probe, from the first packet to the answer. */
  readonly timeoutMs?: number;
}

/** Probes over raw sockets: bounded in time, and never a login. */
export function prober({ hosts = {}, randomBytes, timeoutMs = 10_000 }: ProberOptions): Prober {
  const options = { hosts, timeoutMs, randomBytes };
  return {
    plaintext: (target, signal) => plaintext(target, options, signal),
    legacyTls: (target, protocol, signal) => legacyTls(target, protocol, options, signal),
    tls: (target, signal) => negotiatedTls(target, options, signal),
    dns: (host, signal) => dns(host, options, signal),
    reachability: (target, signal) => reachability(target, options, signal),
  };
}
