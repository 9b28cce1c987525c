import { styleText } from "node:util";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { visible, visibleLine, visibleStyled } from "../../shared/cli/visible.ts";

describe("visible", () => {
  it.each([
    ["an escape sequence", "\u001b[2J\u001b]0;owned\u0007", "\\u001b[2J\\u001b]0;owned\\u0007"],
    ["a line that is overwritten", "passed\rfailed\b", "passed\\u000dfailed\\u0008"],
    ["the end of ASCII and a one-byte sequence", "a\u007fb\u009b31m", "a\\u007fb\\u009b31m"],
    ["text that runs backwards", "app\u202enimda\u2066x\u2069", "app\\u202enimda\\u2066x\\u2069"],
    ["names that look alike", "ad\u200bmin\ufeff\u00ad", "ad\\u200bmin\\ufeff\\u00ad"],
    ["other line ends", "a\u2028b\u2029c\u0085d", "a\\u2028b\\u2029c\\u0085d"],
    ["tag characters", "a\u{e0041}", "a\\udb40\\udc41"],
    ["nothing of common text", "line\n\tРоль 役割 ü → 🐘", "line\n\tРоль 役割 ü → 🐘"],
  ])("shows %s", (_name, text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it("is of no effect the second time", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => visible(visible(text)) === visible(text)));
  });

  it("leaves JSON the same data", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const json = visible(JSON.stringify({ [text]: text }, null, 2));

        expect(JSON.parse(json)).toEqual({ [text]: text });
      }),
    );
  });
});

describe("visibleLine", () => {
  it("shows newlines and tabs too", () => {
    expect(visibleLine("app\ncritical\tadmin")).toBe("app\\u000acritical\\u0009admin");
  });
});

describe("visibleStyled", () => {
  it("keeps the styles of our own tables, and no other sequence", () => {
    const head = styleText(["bold", "red"], "critical", { validateStream: false });

    expect(visibleStyled(`${head}\u001b[8m\u001b[2J`)).toBe(`${head}\\u001b[8m\\u001b[2J`);
  });
});
