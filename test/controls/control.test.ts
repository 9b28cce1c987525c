import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { fail, pass, subjectOf, unknownWithout, verdict } from "../../shared/controls/control.ts";

describe("subjectOf", () => {
  it("joins kind and names, and encodes what would separate", () => {
    expect(subjectOf("server")).toBe("server");
    expect(subjectOf("role", "app rw")).toBe("role/app rw");
    expect(subjectOf("membership", "a/b", "100%", 'q"ü')).toBe('membership/a%2Fb/100%25/q"ü');
  });

  it("gives different names different subjects", () => {
    const names = fc.array(fc.string({ unit: fc.constantFrom("a", "/", "%", "2", "5", "F") }), { maxLength: 3 });
    fc.assert(
      fc.property(names, names, (left, right) => {
        const same = left.length === right.length && left.every((name, index) => name === right[index]);

        expect(subjectOf("kind", ...left) === subjectOf("kind", ...right)).toBe(same);
      }),
    );
  });
});

describe("verdicts", () => {
  it("say pass, fail, either by a condition, or which section is missing", () => {
    expect(pass("server", "good")).toEqual({ subject: "server", outcome: "pass", message: "good" });
    expect(fail("server", "bad")).toEqual({ subject: "server", outcome: "fail", message: "bad" });
    expect([verdict("server", true, "m").outcome, verdict("server", false, "m").outcome]).toEqual(["pass", "fail"]);
    expect(unknownWithout("port/6432", "tlsProbes", "it has no probe of it.")).toEqual({
      subject: "port/6432",
      outcome: "unknown",
      section: "tlsProbes",
      detail: "it has no probe of it.",
    });
  });
});
