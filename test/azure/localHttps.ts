import type { TokenCredential } from "@azure/core-auth";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { makeCertificates } from "../../shared/local/certificates.ts";

export interface HttpsReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent as it is, everything else as JSON. */
  readonly body?: unknown;
}

export interface HttpsRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly authorization: string;
  readonly body: unknown;
}

/** A service that gives the replies in turn, then the last one again; "hang" never answers, "drop" hangs up. */
export interface LocalHttps {
  readonly endpoint: string;
  readonly requests: HttpsRequest[];
  /** The most requests that were open at one time. */
  readonly peak: () => number;
  close(): Promise<void>;
}

export type Reply = HttpsReply | "hang" | "drop" | ((request: HttpsRequest) => HttpsReply);

export async function localHttps(replies: readonly Reply[], delayMs = 0): Promise<LocalHttps> {
  const { ca, cert, key } = await makeCertificates([]);
  setDefaultCACertificates([...getCACertificates("default"), ca]);
  const requests: HttpsRequest[] = [];
  let open = 0;
  let peak = 0;
  const server: Server = createServer({ cert, key }, (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    open += 1;
    peak = Math.max(peak, open);
    outgoing.on("close", () => {
      open -= 1;
    });
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const request: HttpsRequest = {
        method: incoming.method ?? "",
        path: incoming.url ?? "",
        authorization: incoming.headers.authorization ?? "",
        body: text === "" ? undefined : (JSON.parse(text) as unknown),
      };
      const reply = replies[Math.min(requests.length, replies.length - 1)] ?? { status: 500 };
      requests.push(request);
      if (reply === "hang") return;
      if (reply === "drop") {
        incoming.socket.destroy();
        return;
      }
      const { status, headers = {}, body } = typeof reply === "function" ? reply(request) : reply;
      setTimeout(() => {
        outgoing.writeHead(status, { "content-type": "application/json", ...headers });
        outgoing.end(typeof body === "string" ? body : JSON.stringify(body ?? {}));
      }, delayMs);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    endpoint: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, // listening on TCP
    requests,
    peak: () => peak,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

/** An identity whose token names the scope it was asked for. */
export const identity: TokenCredential = {
  getToken: (scopes) =>
    Promise.resolve({ token: `token for ${String(scopes)}`, expiresOnTimestamp: Date.now() + 3_600_000 }),
};
