import type { InvocationLogger, InvocationWiring, TriedWiring } from "../shared/wiring.ts";

// The Azure clients and pg are most of the bundle. They are evaluated by the first invocation and not while the worker
// loads the app: indexing the functions must be quick, and an app that cannot load has no functions at all.

export async function wire(context: InvocationLogger): Promise<InvocationWiring> {
  const { wireInvocation } = await import("../shared/wiring.ts");
  return await wireInvocation(context);
}

export async function tryWire(context: InvocationLogger): Promise<TriedWiring> {
  const { tryWireInvocation } = await import("../shared/wiring.ts");
  return await tryWireInvocation(context);
}
