import type { FirewallRule } from "../../model/armEvidence.ts";

/** IPv4 addresses as unsigned numbers, both ends included; `first` is never above `last`. */
export interface AddressRange {
  readonly first: number;
  readonly last: number;
}

const octet = /^(0|[1-9]\d{0,2})$/;

/** `192.0.2.1` as an unsigned number; undefined when the text is no IPv4 address in dotted decimal. */
export function addressNumber(text: string): number | undefined {
  const parts = text.trim().split(".");
  if (parts.length !== 4 || !parts.every((part) => octet.test(part) && Number(part) <= 255)) return undefined;
  // Multiplied, not shifted: shifts are signed from 2^31 on.
  return parts.reduce((address, part) => address * 256 + Number(part), 0);
}

export function addressText(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

export function rangeText({ first, last }: AddressRange): string {
  return first === last ? addressText(first) : `${addressText(first)}-${addressText(last)}`;
}

/** The addresses from `first` to `last`; undefined when one is no address, or the range runs backwards: it admits none. */
export function rangeOf({ first, last }: Pick<FirewallRule, "first" | "last">): AddressRange | undefined {
  const [start, end] = [addressNumber(first), addressNumber(last)];
  if (start === undefined || end === undefined || start > end) return undefined;
  return { first: start, last: end };
}

/** The addresses of `192.0.2.0/28`, or of a single address; undefined when the text is no IPv4 network. */
export function cidrRange(text: string): AddressRange | undefined {
  const [address = "", prefix = "32", ...rest] = text.trim().split("/");
  const start = addressNumber(address);
  if (start === undefined || rest.length > 0 || !octet.test(prefix) || Number(prefix) > 32) return undefined;
  const size = 2 ** (32 - Number(prefix));
  const first = Math.floor(start / size) * size;
  return { first, last: first + size - 1 };
}

/** The addresses of several networks; texts that are no IPv4 network add nothing. */
export function cidrRanges(texts: readonly string[]): readonly AddressRange[] {
  return texts.map(cidrRange).filter((range) => range !== undefined);
}

/** How many addresses `first` to `last` names; 0 when there is no such range. */
export function addressCount(first: string, last: string): number {
  const range = rangeOf({ first, last });
  return range === undefined ? 0 : sizeOf(range);
}

export function sizeOf({ first, last }: AddressRange): number {
  return last - first + 1;
}

/** The same addresses as disjoint ranges in ascending order, adjacent ones merged. */
export function union(ranges: readonly AddressRange[]): readonly AddressRange[] {
  const merged: AddressRange[] = [];
  for (const range of [...ranges].sort((left, right) => left.first - right.first)) {
    const previous = merged.at(-1);
    if (previous === undefined || range.first > previous.last + 1) merged.push(range);
    else merged[merged.length - 1] = { first: previous.first, last: Math.max(previous.last, range.last) };
  }
  return merged;
}

/** How many addresses the ranges name together, each counted once. */
export function coverage(ranges: readonly AddressRange[]): number {
  return union(ranges).reduce((sum, range) => sum + sizeOf(range), 0);
}

/** The addresses of `ranges` that are in none of `others`. */
export function subtract(ranges: readonly AddressRange[], others: readonly AddressRange[]): readonly AddressRange[] {
  let left = union(ranges);
  for (const other of union(others)) {
    left = left.flatMap((range) => {
      if (other.last < range.first || other.first > range.last) return [range];
      const pieces: AddressRange[] = [];
      if (other.first > range.first) pieces.push({ first: range.first, last: other.first - 1 });
      if (other.last < range.last) pieces.push({ first: other.last + 1, last: range.last });
      return pieces;
    });
  }
  return left;
}

/** Whether the outer ranges together hold every address of the inner one. */
export function covers(outer: readonly AddressRange[], inner: AddressRange): boolean {
  return subtract([inner], outer).length === 0;
}

export function overlaps(left: AddressRange, right: AddressRange): boolean {
  return left.first <= right.last && right.first <= left.last;
}
