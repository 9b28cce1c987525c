import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { fitField } from "../../../shared/publish/rows/fitField.ts";

const limit = 64 * 1024;

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

describe("fitField", () => {
  it("leaves what fits as it is", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(fitField(value)).toBe(value);
      }),
    );
  });

  it.each([["x"], ["ü"], ["\u0000"], ['"'], ["😀"], ["\ud800"]])(
    "cuts a text of %j to the limit, visibly",
    (letter) => {
      const text = letter.repeat(100_000);

      const fitted = fitField(text);

      expect(typeof fitted).toBe("string");
      expect(fitted).toMatch(/ … \(shortened from \d+ bytes\)$/);
      expect(bytesOf(fitted)).toBeLessThanOrEqual(limit);
      expect(bytesOf(fitted)).toBeGreaterThan(limit * 0.99);
    },
  );

  it("keeps the first items of a list and counts the others", () => {
    const list = Array.from({ length: 20_000 }, (_, index) => `role ${index}`);

    // A list stays a list.
    const fitted = fitField(list) as readonly unknown[];

    expect(fitted.slice(0, -1)).toEqual(list.slice(0, fitted.length - 1));
    expect(fitted.at(-1)).toEqual({ omitted: list.length - fitted.length + 1 });
    expect(bytesOf(fitted)).toBeLessThanOrEqual(limit);
  });

  it("keeps the head of another object as text", () => {
    const fitted = fitField({ text: '"'.repeat(100_000) });

    expect(fitted).toMatchObject({ bytes: 200_011 });
    expect(bytesOf(fitted)).toBeLessThanOrEqual(limit);
  });
});
