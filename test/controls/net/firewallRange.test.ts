import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { AddressRange } from "../../../shared/controls/net/firewallRange.ts";
import {
  addressCount,
  addressNumber,
  addressText,
  cidrRange,
  cidrRanges,
  coverage,
  covers,
  overlaps,
  rangeOf,
  rangeText,
  subtract,
  union,
} from "../../../shared/controls/net/firewallRange.ts";

describe("addressNumber", () => {
  it.each([
    ["0.0.0.0", 0],
    ["0.0.1.0", 256],
    ["127.255.255.255", 2 ** 31 - 1],
    ["128.0.0.0", 2 ** 31],
    ["255.255.255.255", 2 ** 32 - 1],
    [" 10.0.0.1 ", 167772161],
  ])("reads %j without a sign", (text, number) => {
    expect(addressNumber(text)).toBe(number);
  });

  it.each(["", "1.2.3", "1.2.3.4.5", "256.0.0.0", "01.2.3.4", "1.2.3.-4", "1.2.3.4/8", "a.b.c.d", "::1", "1e1.0.0.0"])(
    "does not read %j",
    (text) => {
      expect(addressNumber(text)).toBeUndefined();
    },
  );

  it("is undone by addressText", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (address) => {
        expect(addressNumber(addressText(address))).toBe(address);
      }),
    );
  });
});

describe("rangeOf and addressCount", () => {
  it.each([
    ["192.0.2.7", "192.0.2.7", 1],
    ["192.0.2.0", "192.0.2.255", 256],
    ["0.0.0.0", "255.255.255.255", 2 ** 32],
    ["192.0.2.255", "192.0.2.0", 0],
    ["255.255.255.255", "0.0.0.0", 0],
    ["192.0.2.0", "nowhere", 0],
  ])("%s to %s names %d addresses", (first, last, count) => {
    expect(addressCount(first, last)).toBe(count);
  });

  it("gives no range that runs backwards", () => {
    expect(rangeOf({ first: "192.0.2.2", last: "192.0.2.1" })).toBeUndefined();
  });
});

describe("cidrRange", () => {
  it.each([
    ["0.0.0.0/0", { first: 0, last: 2 ** 32 - 1 }],
    ["128.0.0.0/1", { first: 2 ** 31, last: 2 ** 32 - 1 }],
    ["192.0.2.0/24", { first: 3221225984, last: 3221226239 }],
    ["192.0.2.9/28", { first: 3221225984, last: 3221225999 }],
    ["192.0.2.9/32", { first: 3221225993, last: 3221225993 }],
    ["192.0.2.9", { first: 3221225993, last: 3221225993 }],
  ])("reads %s", (text, range) => {
    expect(cidrRange(text)).toEqual(range);
  });

  it.each(["192.0.2.0/33", "192.0.2.0/", "192.0.2.0/-1", "192.0.2.0/24/1", "Internet", "2001:db8::/32", "/8"])(
    "does not read %s",
    (text) => {
      expect(cidrRange(text)).toBeUndefined();
      expect(cidrRanges([text])).toEqual([]);
    },
  );
});

describe("rangeText", () => {
  it("shows one address as one", () => {
    expect(rangeText({ first: 3221225985, last: 3221225985 })).toBe("192.0.2.1");
    expect(rangeText({ first: 3221225984, last: 3221226239 })).toBe("192.0.2.0-192.0.2.255");
  });
});

describe("ranges as sets, against a list of flags", () => {
  const space = 64;
  const range = fc
    .tuple(fc.integer({ min: 0, max: space - 1 }), fc.integer({ min: 0, max: space - 1 }))
    .map(([left, right]): AddressRange => ({ first: Math.min(left, right), last: Math.max(left, right) }));
  const ranges = fc.array(range, { maxLength: 12 });

  /** Slow and obvious: one flag for each address. */
  function flagsOf(given: readonly AddressRange[]): readonly boolean[] {
    return Array.from({ length: space }, (_, address) =>
      given.some(({ first, last }) => first <= address && address <= last),
    );
  }

  it("union keeps the addresses, in disjoint ascending ranges that do not touch", () => {
    fc.assert(
      fc.property(ranges, (given) => {
        const merged = union(given);

        expect(flagsOf(merged)).toEqual(flagsOf(given));
        for (const [index, one] of merged.entries()) {
          const next = merged[index + 1];
          if (next !== undefined) expect(next.first).toBeGreaterThan(one.last + 1);
        }
      }),
    );
  });

  it("coverage counts each address once", () => {
    fc.assert(
      fc.property(ranges, (given) => {
        expect(coverage(given)).toBe(flagsOf(given).filter(Boolean).length);
      }),
    );
  });

  it("subtract leaves what is in the first and not in the others", () => {
    fc.assert(
      fc.property(ranges, ranges, (given, others) => {
        const [left, right] = [flagsOf(given), flagsOf(others)];

        expect(flagsOf(subtract(given, others))).toEqual(left.map((flag, address) => flag && right[address] === false));
      }),
    );
  });

  it("covers and overlaps say what the flags say", () => {
    fc.assert(
      fc.property(ranges, range, range, (outer, inner, other) => {
        const flags = flagsOf(outer);
        const inside = Array.from({ length: inner.last - inner.first + 1 }, (_, offset) => flags[inner.first + offset]);

        expect(covers(outer, inner)).toBe(inside.every((flag) => flag === true));
        expect(overlaps(inner, other)).toBe(coverage([inner, other]) < coverage([inner]) + coverage([other]));
      }),
    );
  });

  it("never counts below nothing, whatever the ends are", () => {
    const address = fc.ipV4();
    fc.assert(
      fc.property(address, address, (first, last) => {
        expect(addressCount(first, last)).toBeGreaterThanOrEqual(0);
        expect(addressCount(first, last) + addressCount(last, first)).toBeGreaterThan(0);
      }),
    );
  });
});
