import { describe, expect, it } from "@jest/globals";
import { describeBicep } from "./describeBicep.ts";

describe("describeBicep", () => {
  it("fails at registration for a missing compiler where REQUIRE_BICEP=1", () => {
    const before = process.env["REQUIRE_BICEP"];
    process.env["REQUIRE_BICEP"] = "1";
    try {
      expect(() => {
        describeBicep("x", () => undefined, { found: false, reason: "There is no Bicep here." });
      }).toThrow("There is no Bicep here.");
    } finally {
      if (before === undefined) delete process.env["REQUIRE_BICEP"];
      else process.env["REQUIRE_BICEP"] = before;
    }
  });
});
