import { randomUUID } from "node:crypto";
import type { FunctionsCore, InvocationRequest, RpcHttp, RpcTypedData } from "./functionsCore.ts";

/** One line that a function logged through its context. */
export interface InvocationLog {
  readonly functionName: string;
  readonly level: string;
  readonly message: string;
}

export interface InvocationResult {
  readonly returnValue: RpcTypedData | null;
}

/**
 * Invokes a registered function as the worker does, through the programming model of `@azure/functions` itself.
 *
 * @throws what the handler threw. As in the worker, a thrown `undefined` or `null` counts as success.
 */
export async function invoke(
  core: FunctionsCore,
  name: string,
  request: InvocationRequest,
  onLog: (line: InvocationLog) => void,
): Promise<InvocationResult> {
  const registered = core.functions.get(name);
  if (registered === undefined)
    throw new Error(`There is no function ${name}; there are ${[...core.functions.keys()].join(", ")}.`);

  const model = core.programmingModel().getInvocationModel({
    invocationId: randomUUID(),
    metadata: registered.metadata,
    request,
    state: "invocation",
    log(level: string, _category: string, message: string) {
      onLog({ functionName: name, level, message });
    },
  });
  const { context, inputs } = await model.getArguments();
  try {
    const result = await model.invokeFunction(context, inputs, registered.callback);
    const { returnValue } = await model.getResponse(context, result);
    return { returnValue: returnValue ?? null };
  } catch (error) {
    if (error === undefined || error === null) return { returnValue: null };
    throw error;
  }
}

/** The name of the trigger binding of a function. */
export function triggerOf(core: FunctionsCore, name: string): { readonly bindingName: string; readonly type: string } {
  const bindings = core.functions.get(name)?.metadata.bindings ?? {};
  for (const [bindingName, { direction, type }] of Object.entries(bindings))
    if (direction === "in" && type.endsWith("Trigger")) return { bindingName, type };
  throw new Error(`Function ${name} has no trigger.`);
}

export async function invokeTimer(
  core: FunctionsCore,
  name: string,
  { last, next }: { readonly last: Date; readonly next: Date },
  onLog: (line: InvocationLog) => void,
): Promise<void> {
  const timer = {
    Schedule: { AdjustForDST: true },
    ScheduleStatus: { Last: last.toISOString(), LastUpdated: last.toISOString(), Next: next.toISOString() },
    IsPastDue: false,
  };
  const data = { json: JSON.stringify(timer) };
  await invoke(core, name, { inputData: [{ name: triggerOf(core, name).bindingName, data }] }, onLog);
}

export async function invokeQueue(
  core: FunctionsCore,
  name: string,
  message: { readonly text: string; readonly id: string; readonly dequeueCount: number },
  onLog: (line: InvocationLog) => void,
): Promise<void> {
  const triggerMetadata = { Id: { string: message.id }, DequeueCount: { json: String(message.dequeueCount) } };
  const inputData = [{ name: triggerOf(core, name).bindingName, data: { string: message.text } }];
  await invoke(core, name, { inputData, triggerMetadata }, onLog);
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export async function invokeHttp(
  core: FunctionsCore,
  name: string,
  http: RpcHttp,
  onLog: (line: InvocationLog) => void,
): Promise<HttpAnswer> {
  const inputData = [{ name: triggerOf(core, name).bindingName, data: { http } }];
  const { returnValue } = await invoke(core, name, { inputData }, onLog);
  const answer = returnValue?.http;
  return {
    status: Number(answer?.statusCode ?? 200),
    headers: answer?.headers ?? {},
    body: answer?.body?.bytes ?? Buffer.from(answer?.body?.string ?? ""),
  };
}
