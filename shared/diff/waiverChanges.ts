import { canonicalJson } from "./canonical.ts";
import type { Waiver } from "../model/finding.ts";

export type WaiverChange =
  | { readonly change: "add" | "remove"; readonly waiver: Waiver }
  | { readonly change: "change"; readonly waiver: Waiver; readonly before: Waiver };

/**
 * What was added, removed and changed, by control, subject and server. A waiver of the same three that says something
 * else is a change; its place in the list means nothing.
 */
export function waiverChanges(before: readonly Waiver[], after: readonly Waiver[]): readonly WaiverChange[] {
  const gone = byPlace(without(before, after));
  const come = byPlace(without(after, before));
  const places = [...new Set([...gone.keys(), ...come.keys()])].sort();
  return places.flatMap((place) => pairs(gone.get(place) ?? [], come.get(place) ?? []));
}

function pairs(gone: readonly Waiver[], come: readonly Waiver[]): readonly WaiverChange[] {
  const changes: WaiverChange[] = come.map((waiver, index) => {
    const before = gone[index];
    return before === undefined ? { change: "add", waiver } : { change: "change", waiver, before };
  });
  return [...changes, ...gone.slice(come.length).map((waiver) => ({ change: "remove", waiver }) as const)];
}

function without(some: readonly Waiver[], others: readonly Waiver[]): readonly Waiver[] {
  const known = new Set(others.map((other) => canonicalJson(other)));
  return some.filter((one) => !known.has(canonicalJson(one)));
}

function byPlace(waivers: readonly Waiver[]): ReadonlyMap<string, readonly Waiver[]> {
  return Map.groupBy(waivers, ({ control, subject, server }) =>
    // The name of a server has no case.
    canonicalJson([control, subject, server?.toLowerCase() ?? null]),
  );
}
