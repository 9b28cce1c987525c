import type { Posture } from "../model/posture.ts";
import { lookAt } from "../runs/lookAt.ts";
import type { ScanPorts } from "../runs/scanPorts.ts";
import { UnknownServerError } from "../runs/startScan.ts";
import { UsageError } from "./terminal.ts";

/**
 * The posture of the named server, collected now; without a name, of the only one in scope.
 *
 * @throws UsageError for a server that is not in scope, or when there are several to choose from
 */
export async function oneServer(
  server: string | undefined,
  ports: Pick<ScanPorts, "discover" | "collect" | "now">,
  signal: AbortSignal,
): Promise<Posture> {
  const names = server === undefined ? [await onlyServer(ports, signal)] : [server];
  try {
    const [posture] = await lookAt(names, (seen) => seen, ports, signal);
    if (posture === undefined) throw new Error(`Server ${names.join()} gave no posture.`);
    return posture;
  } catch (error) {
    if (error instanceof UnknownServerError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

async function onlyServer(ports: Pick<ScanPorts, "discover">, signal: AbortSignal): Promise<string> {
  const { servers } = await ports.discover(undefined, signal);
  const [only, ...others] = servers;
  if (only === undefined) throw new UsageError("There is no server in scope.");
  if (others.length === 0) return only.id;
  const names = servers.slice(0, 20).map(({ name }) => name);
  throw new UsageError(`--server names one of the ${servers.length} servers in scope: ${names.join(", ")}.`);
}
