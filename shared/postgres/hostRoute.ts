import type { HostOverride } from "../model/config.ts";

/** Keyed by lower-case host name. */
export type HostOverrides = Readonly<Record<string, HostOverride>>;

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/**
 * Where a connection to `host:port` really goes: the override's own address for this port, else the address that its
 * DNS answer names, else the name itself. The name that a certificate must carry stays `host` in every case.
 */
export function routeOf(hosts: HostOverrides, host: string, port: number): Endpoint {
  const override = hosts[host.toLowerCase()];
  const connect = override?.connect[String(port)];
  if (connect === undefined) return { host: override?.addresses[0] ?? host, port };
  const end = connect.lastIndexOf(":");
  return { host: connect.slice(0, end).replace(/^\[|\]$/g, ""), port: Number(connect.slice(end + 1)) };
}
