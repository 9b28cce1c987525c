import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { fitsPattern } from "../../../shared/controls/rls/tablePattern.ts";

describe("fitsPattern", () => {
  it.each([
    ["app.orders", "app.orders", true],
    ["app.orders", "app.*", true],
    ["app.orders", "*", true],
    ["app.orders", "*.orders", true],
    ["app.orders", "a*.o*s", true],
    ["app.orders", "app.orders*", true],
    ["app.orders", "app.order", false],
    ["app.orders", "APP.orders", false],
    ["apporders", "app.*", false],
    ["app.a", "app.a*a", false],
    ["app.$^", "app.$^", true],
  ])("says whether %s fits %s", (name, pattern, fits) => {
    expect(fitsPattern(name, pattern)).toBe(fits);
  });

  it("agrees with a regular expression", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom("a", "b", ".", "*"), maxLength: 6 });

    fc.assert(
      fc.property(text, pattern, (name, stars) => {
        const slow = new RegExp(`^${stars.replaceAll(".", "\\.").replaceAll("*", ".*")}$`, "s");
        expect(fitsPattern(name, stars)).toBe(slow.test(name));
      }),
    );
  });
});
