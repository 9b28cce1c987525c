import pLimit from "p-limit";
import type { Posture } from "../model/posture.ts";
import type { ScanPorts } from "./scanPorts.ts";
import { pickServers } from "./startScan.ts";

/** A posture of a large server fills tens of megabytes: few are in memory at a time. */
const serverConcurrency = 4;

/**
 * Collects servers now, without a run: nothing is judged, stored or delivered.
 *
 * @param servers names or ARM ids; undefined: every server in scope
 * @param see what is kept of each posture
 * @throws UnknownServerError when a named server is not in scope
 */
export async function lookAt<T>(
  servers: readonly string[] | undefined,
  see: (posture: Posture) => T,
  ports: Pick<ScanPorts, "discover" | "collect" | "now">,
  signal: AbortSignal,
): Promise<readonly T[]> {
  const inventory = await ports.discover(undefined, signal);
  const wanted = servers === undefined ? inventory.servers : pickServers(inventory.servers, servers);
  const limit = pLimit(serverConcurrency);
  return await Promise.all(
    wanted.map((server) =>
      limit(async () => {
        const { posture } = await ports.collect(server, ports.now().toISOString(), signal);
        return see(posture);
      }),
    ),
  );
}
