import { connect, type Socket } from "node:net";
import { CollectError } from "../collect/collectError.ts";
import type { ProbeTarget } from "../collect/collector.ts";
import { routeOf, type HostOverrides } from "./hostRoute.ts";
import { networkFault } from "./networkFault.ts";
import { withinTime } from "./withinTime.ts";

/** What every probe needs: where names lead, how long one probe may take, and the random part of a ClientHello. */
export interface ProbeOptions {
  readonly hosts: HostOverrides;
  readonly timeoutMs: number;
  readonly randomBytes: (size: number) => Uint8Array;
}

/** A plain TCP connection to a server, read byte by byte. */
export interface Wire {
  readonly socket: Socket;
  /** Exactly `length` bytes, or fewer when the other side closes first. */
  readonly read: (length: number) => Promise<Buffer>;
}

/**
 * Opens a connection for `work` and closes it afterwards, whatever happens.
 *
 * @throws CollectError for everything that the network does
 */
export async function onWire<T>(
  target: ProbeTarget,
  { hosts, timeoutMs }: ProbeOptions,
  signal: AbortSignal,
  work: (wire: Wire) => Promise<T>,
): Promise<T> {
  const where = `${target.host}:${target.port}`;
  return withinTime(where, timeoutMs, signal, async (limited) => {
    const { host, port } = routeOf(hosts, target.host, target.port);
    const socket = connect({ host, port });
    function destroy(): void {
      socket.destroy();
    }
    limited.addEventListener("abort", destroy, { once: true });
    try {
      await connected(socket);
      return await work({ socket, read: (length) => readBytes(socket, length) });
    } catch (error) {
      throw networkFault(error, where) ?? error;
    } finally {
      // An error that comes after the answer belongs to nobody.
      socket.on("error", ignore);
      socket.destroy();
    }
  });
}

const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/** The one byte that answers SSLRequest: `S`, `N`, or something that is not PostgreSQL. Empty when it just closed. */
export async function requestTls({ socket, read }: Wire): Promise<string> {
  socket.write(sslRequest);
  return (await read(1)).toString("latin1");
}

/** @throws CollectError unless the server answers SSLRequest with S */
export async function startTls(wire: Wire, where: string): Promise<void> {
  const answer = await requestTls(wire);
  if (answer === "S") return;
  if (answer === "N") throw new CollectError("absent", `${where} offers no TLS: it answers SSLRequest with N.`);
  if (answer === "") throw new CollectError("unreachable", `${where} closed the connection at SSLRequest.`);
  throw new CollectError("shape", `${where} does not answer SSLRequest as PostgreSQL does.`);
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
    socket.once("close", () => {
      reject(new CollectError("unreachable", "The connection was closed."));
    });
  });
}

/** Takes bytes one at a time from the socket's buffer, so that what follows an answer stays there for TLS. */
function readBytes(socket: Socket, length: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    function settle(act: () => void): void {
      socket.off("readable", onReadable).off("end", onEnd).off("error", onError).off("close", onEnd);
      act();
    }
    function onReadable(): void {
      // Null until there are as many, unless the other side has ended: then what is left.
      const bytes: unknown = socket.read(length);
      if (Buffer.isBuffer(bytes)) {
        settle(() => {
          resolve(bytes);
        });
      }
    }
    function onEnd(): void {
      const rest: unknown = socket.read();
      settle(() => {
        resolve(Buffer.isBuffer(rest) ? rest : Buffer.alloc(0));
      });
    }
    function onError(error: Error): void {
      settle(() => {
        reject(error);
      });
    }
    socket.on("readable", onReadable).on("end", onEnd).on("error", onError).on("close", onEnd);
    if (socket.readableEnded || socket.destroyed) onEnd();
    else onReadable();
  });
}

function ignore(): void {
  // Nothing waits for this socket any more.
}
