import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { canonicalJson, canonicalSha256, sha256 } from "../../shared/diff/canonical.ts";
import { SecretValue } from "../../shared/model/secretValue.ts";

describe("canonicalJson", () => {
  it("is a round trip for every JSON value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("does not depend on the order of keys", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());

        expect(canonicalJson(turned)).toBe(canonicalJson(value));
      }),
    );
  });

  it("is the same after reading it back", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(JSON.parse(canonicalJson(value)))).toBe(canonicalJson(value));
      }),
    );
  });

  it("sorts by code unit, integer-like keys too, and leaves undefined out", () => {
    expect(canonicalJson({ b: 1, a: undefined, "10": 2, "9": 3, é: 4, Z: [null, { y: 1, x: 2 }] })).toBe(
      '{"10":2,"9":3,"Z":[null,{"x":2,"y":1}],"b":1,"é":4}',
    );
  });

  it("prints a secret as redacted", () => {
    expect(canonicalJson({ password: new SecretValue("hunter2") })).toBe('{"password":"[redacted]"}');
  });

  it.each([[Number.NaN], [Number.POSITIVE_INFINITY], [undefined], [[undefined]], [new Array(1)], [() => 1], [1n]])(
    "refuses what JSON cannot say: %p",
    (value) => {
      expect(() => canonicalJson(value)).toThrow(TypeError);
    },
  );
});

describe("canonicalSha256", () => {
  it("is the digest of the canonical text", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalSha256(value)).toBe(sha256(canonicalJson(value)));
      }),
    );
  });

  it("is that also of a text that it never holds as a whole, whatever characters meet where it is cut", () => {
    const names = Array.from({ length: 3_000 }, (_, index) => `${"ä😀\ud83d".repeat(index % 40)}${index}`);
    const value = { names, byName: Object.fromEntries(names.map((name, index) => [name, index])) };

    expect(canonicalJson(value).length).toBeGreaterThan(500_000);
    expect(canonicalSha256(value)).toBe(sha256(canonicalJson(value)));
  });

  it("refuses what JSON cannot say", () => {
    expect(() => canonicalSha256([Number.NaN])).toThrow(TypeError);
  });
});

describe("sha256", () => {
  it("is the lower-case hex of the UTF-8 text", () => {
    expect(sha256("ä")).toBe("33e6d73fee82904c8d7afb78de1154d1e8dc2a0edb08120e63df5b9385c2d9cc");
  });
});
