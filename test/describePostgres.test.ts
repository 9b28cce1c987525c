import { describe, expect, it } from "@jest/globals";
import { describePostgres } from "./describePostgres.ts";

describe("describePostgres", () => {
  it("fails at registration for a missing major where REQUIRE_POSTGRES=1", () => {
    const before = process.env["REQUIRE_POSTGRES"];
    process.env["REQUIRE_POSTGRES"] = "1";
    try {
      expect(() => {
        describePostgres([12], () => undefined);
      }).toThrow("The embedded PostgreSQL 12 (package pg12) is not installed");
    } finally {
      if (before === undefined) delete process.env["REQUIRE_POSTGRES"];
      else process.env["REQUIRE_POSTGRES"] = before;
    }
  });
});
