import Module from "node:module";

/** A value as the worker's RPC carries it; only the forms that our triggers use. */
export interface RpcTypedData {
  readonly string?: string;
  readonly json?: string;
  readonly http?: RpcHttp;
}

export interface RpcHttp {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: { readonly bytes?: Uint8Array; readonly string?: string; readonly json?: string } | null;
  readonly statusCode?: string;
}

export interface FunctionBinding {
  readonly type: string;
  readonly direction: "in" | "out";
  readonly [setting: string]: unknown;
}

export interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, FunctionBinding>>;
}

export type FunctionCallback = (...inputs: unknown[]) => unknown;

export interface InvocationRequest {
  readonly inputData: readonly { readonly name: string; readonly data: RpcTypedData }[];
  readonly triggerMetadata?: Readonly<Record<string, RpcTypedData>>;
}

interface InvocationModel {
  getArguments(): Promise<{ readonly context: unknown; readonly inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], handler: FunctionCallback): Promise<unknown>;
  getResponse(
    context: unknown,
    result: unknown,
  ): Promise<{ readonly returnValue?: RpcTypedData | null; readonly outputData?: readonly unknown[] }>;
}

export interface ProgrammingModel {
  readonly name: string;
  readonly version: string;
  getInvocationModel(context: unknown): InvocationModel;
}

export interface RegisteredFunction {
  readonly metadata: FunctionMetadata;
  readonly callback: FunctionCallback;
}

/** What a program has registered with the stand-in. */
export interface FunctionsCore {
  readonly functions: ReadonlyMap<string, RegisteredFunction>;
  programmingModel(): ProgrammingModel;
}

/** Node's loader, typed for the one entry that we replace. */
interface PatchableModule {
  _load(request: string, ...rest: readonly unknown[]): unknown;
}

/**
 * Stands in for `@azure/functions-core`, which the real worker injects in the same way: by answering `require` for that
 * name. Install it before anything loads `@azure/functions`, which asks once and remembers.
 */
export function installFunctionsCore(): FunctionsCore {
  const functions = new Map<string, RegisteredFunction>();
  let model: ProgrammingModel | undefined;

  const core = {
    version: "local",
    setProgrammingModel(next: ProgrammingModel): void {
      model = next;
    },
    getProgrammingModel(): ProgrammingModel | undefined {
      return model;
    },
    registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): { dispose(): void } {
      // Two functions of one name make the real host refuse the whole app.
      if (functions.has(metadata.name)) throw new Error(`Function ${metadata.name} is registered twice.`);
      functions.set(metadata.name, { metadata, callback });
      return { dispose: () => functions.delete(metadata.name) };
    },
    registerHook(): { dispose(): void } {
      return { dispose: () => undefined };
    },
    log(): void {
      // The worker's own system log; nothing of ours goes there.
    },
    Disposable: { from: () => ({ dispose: () => undefined }) },
  };

  // Node exposes no public hook for answering a CommonJS require with a value; the worker patches the same place.
  const loader = Module as unknown as PatchableModule;
  const load = loader._load.bind(loader);
  loader._load = function (request, ...rest) {
    return request === "@azure/functions-core" ? core : load(request, ...rest);
  };

  return {
    functions,
    programmingModel() {
      if (model === undefined)
        throw new Error("No function was registered: the program has not set a programming model.");
      return model;
    },
  };
}
