import { inspect } from "node:util";

/** Everything that a log, a debugger or a report could show of a thrown value. */
export function everythingOf(thrown: unknown): string {
  const parts = [inspect(thrown, { depth: null, showHidden: true, getters: true }), JSON.stringify(thrown)];
  if (thrown instanceof Error) parts.push(thrown.stack ?? "", everythingOf(thrown.cause));
  return parts.join("\n");
}
