import { getCACertificates, setDefaultCACertificates } from "node:tls";
import type { HostOverrides } from "../../shared/postgres/hostRoute.ts";

/** The name that a test's server has; its certificate is made out to it. */
export const host = "orders.postgres.database.azure.com";

/** Leads the name's 5432 and 6432 to local ports, and its DNS to a private address. */
export function leadTo(port: number, pgbouncerPort = port): HostOverrides {
  const connect = { 5432: `127.0.0.1:${port}`, 6432: `127.0.0.1:${pgbouncerPort}` };
  return { [host]: { addresses: ["10.1.0.4"], connect } };
}

/** Makes this process trust one more authority, as PGWARDEN_CA_FILE does. */
export function trust(ca: string): void {
  setDefaultCACertificates([...getCACertificates("default"), ca]);
}

export const forever = new AbortController().signal;
