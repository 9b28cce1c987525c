import { byteLength } from "../byteLength.ts";

/** Azure cuts a longer field silently (azure.md §3); we cut it first, and say so in the field. */
const maxFieldBytes = 64 * 1024;

/**
 * A value that fits one field, counted as the bytes of its JSON. A text keeps its head; a list its first items and
 * `{ omitted }`; another object becomes `{ shortened, bytes }` with the head of its JSON.
 */
export function fitField(value: unknown): unknown {
  const bytes = byteLength(value);
  if (bytes <= maxFieldBytes) return value;
  if (typeof value === "string") return fitText(value, bytes, maxFieldBytes);
  if (Array.isArray(value)) return fitList(value);
  return { shortened: fitText(JSON.stringify(value), bytes, maxFieldBytes - 100), bytes };
}

function fitText(value: string, bytes: number, limit: number): string {
  const mark = ` … (shortened from ${bytes} bytes)`;
  // A character is one byte of JSON at least and six at most.
  let length = Math.min(value.length, limit);
  for (;;) {
    const shortened = value.slice(0, length).toWellFormed() + mark;
    const excess = byteLength(shortened) - limit;
    if (excess <= 0) return shortened;
    length -= Math.ceil(excess / 6);
  }
}

function fitList(items: readonly unknown[]): readonly unknown[] {
  const room = maxFieldBytes - 40;
  let used = 0;
  let count = 0;
  for (const item of items) {
    used += byteLength(item) + 1;
    if (used > room) break;
    count += 1;
  }
  return [...items.slice(0, count), { omitted: items.length - count }];
}
