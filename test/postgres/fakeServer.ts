import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

export interface FakeServer {
  readonly port: number;
  /** Everything that clients sent, in order. */
  readonly received: Buffer[];
  close(): Promise<void>;
}

/** A server that answers the first bytes of each connection, then the next ones, and so on; null hangs up. */
export async function fakeServer(answers: readonly (Buffer | null | "reset" | "wait")[]): Promise<FakeServer> {
  const received: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    let next = 0;
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", (bytes: Buffer) => {
      received.push(bytes);
      const answer = answers[next] ?? null;
      next += 1;
      if (answer === "wait") return;
      if (answer === "reset") socket.resetAndDestroy();
      else if (answer === null) socket.end();
      else socket.write(answer);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port, // listening on TCP
    received,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => {
          resolve();
        });
      }),
  };
}

export async function withFakeServer<T>(
  answers: Parameters<typeof fakeServer>[0],
  work: (server: FakeServer) => Promise<T>,
): Promise<T> {
  const server = await fakeServer(answers);
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}

export function errorResponse(sqlState: string): Buffer {
  return message("E", Buffer.from(`SFATAL\0VFATAL\0C${sqlState}\0Mno pg_hba.conf entry\0\0`));
}

export function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}
