import { pathToFileURL } from "node:url";
import { installFunctionsCore } from "../../shared/local/functionsHost/functionsCore.ts";
import { type InvocationLog, invokeHttp, invokeQueue, invokeTimer } from "../../shared/local/functionsHost/invoke.ts";

/** What the test asks of the process that holds the built bundle. */
export type BundleRequest =
  | { readonly kind: "list" }
  | { readonly kind: "timer"; readonly name: string }
  | { readonly kind: "queue"; readonly name: string; readonly text: string; readonly dequeueCount?: number }
  | {
      readonly kind: "http";
      readonly name: string;
      readonly method: string;
      readonly path: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly params?: Readonly<Record<string, string>>;
      readonly body?: string;
    };

export interface BundleReply {
  /** Null when the handler succeeded. */
  readonly error: string | null;
  readonly value: unknown;
  readonly logs: readonly InvocationLog[];
}

/** Runs in a fresh Node without node_modules in reach of the bundle: `node bundleChild.ts <bundle>`. */
async function main(bundle: string): Promise<void> {
  const core = installFunctionsCore();
  const start = performance.now();
  await import(pathToFileURL(bundle).href);
  const loadMs = performance.now() - start;

  async function answer(request: BundleRequest, onLog: (line: InvocationLog) => void): Promise<unknown> {
    switch (request.kind) {
      case "list":
        return { loadMs, functions: [...core.functions.values()].map(({ metadata }) => metadata) };
      case "timer": {
        const now = new Date();
        await invokeTimer(core, request.name, { last: now, next: now }, onLog);
        return null;
      }
      case "queue": {
        const { name, text, dequeueCount = 1 } = request;
        await invokeQueue(core, name, { text, id: "1", dequeueCount }, onLog);
        return null;
      }
      case "http": {
        const { status, headers, body } = await invokeHttp(
          core,
          request.name,
          {
            method: request.method,
            url: `https://localhost${request.path}`,
            headers: request.headers ?? {},
            params: request.params ?? {},
            body: { string: request.body ?? "" },
          },
          onLog,
        );
        return { status, headers, body: Buffer.from(body).toString("utf8") };
      }
    }
  }

  process.on("message", (request: BundleRequest) => {
    const logs: InvocationLog[] = [];
    function reply(error: string | null, value: unknown): void {
      process.send?.({ error, value, logs } satisfies BundleReply);
    }
    answer(request, (line) => {
      logs.push(line);
    }).then(
      (value) => {
        reply(null, value);
      },
      (error: unknown) => {
        reply(error instanceof Error ? `${error.name}: ${error.message}` : "unnamed", null);
      },
    );
  });
  process.send?.("ready");
}

const [, , bundle] = process.argv;
if (bundle !== undefined) await main(bundle);
