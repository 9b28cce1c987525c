import { CollectError } from "../../shared/collect/collectError.ts";
import type { CatalogPort, Prober } from "../../shared/collect/collector.ts";

/** A catalog that nobody reaches. */
export const closedCatalog: CatalogPort = {
  open({ host, port }) {
    return Promise.reject(new CollectError("unreachable", `${host}:${port} refused the connection.`));
  },
};

/** A server in good order on every port it is asked for; its `ports` are those that were. */
export function memoryProber(): Prober & { readonly ports: Set<number> } {
  const ports = new Set<number>();
  function seen<T extends object>(port: number, rest: T): Promise<T & { port: number }> {
    ports.add(port);
    return Promise.resolve({ port, ...rest });
  }
  return {
    ports,
    plaintext: ({ port }) => seen(port, { outcome: "refused", detail: "28000" }),
    legacyTls: ({ port }, protocol) => seen(port, { protocol, accepted: false, detail: "alert protocol_version" }),
    tls: ({ port }) =>
      seen(port, {
        protocol: "TLSv1.3",
        cipher: "TLS_AES_256_GCM_SHA384",
        keyExchange: "ECDH",
        nameMatches: true,
        trusted: true,
        trustError: null,
        chain: [],
      }),
    dns: () => Promise.resolve([{ address: "10.1.0.4", range: "private" }]),
    reachability: ({ port }) => seen(port, { open: true, detail: "SSLRequest was answered with S" }),
  };
}
