import { lookup } from "node:dns/promises";
import ipaddr from "ipaddr.js";
import { CollectError } from "../../collect/collectError.ts";
import type { DnsProbe } from "../../model/probeEvidence.ts";
import { networkFault } from "../networkFault.ts";
import { withinTime } from "../withinTime.ts";
import type { ProbeOptions } from "../wire.ts";

/** Every address that the name leads to from here, as a connection would find them. */
export async function dns(
  host: string,
  { hosts, timeoutMs }: ProbeOptions,
  signal: AbortSignal,
): Promise<readonly DnsProbe[]> {
  const override = hosts[host.toLowerCase()];
  const addresses = override?.addresses ?? (await resolve(host, timeoutMs, signal));
  return [...new Set(addresses)].sort().map((address) => ({ address, range: rangeOf(address) }));
}

async function resolve(host: string, timeoutMs: number, signal: AbortSignal): Promise<readonly string[]> {
  try {
    const answers = await withinTime(`The name ${host}`, timeoutMs, signal, () => lookup(host, { all: true }));
    return answers.map(({ address }) => address);
  } catch (error) {
    if (error instanceof CollectError) throw error;
    throw networkFault(error, host) ?? error;
  }
}

function rangeOf(address: string): string {
  // An IPv4 address in IPv6 clothes is judged as what it leads to.
  return ipaddr.process(address).range();
}
