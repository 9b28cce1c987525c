import { expect, it } from "@jest/globals";
import { pathText, wayText } from "../../../shared/controls/role/wayText.ts";

it("says how a role reaches a target, and by which way", () => {
  expect(wayText({ how: "set", path: ["ann", "team", "azure_pg_admin"] })).toBe(
    "by SET ROLE (ann > team > azure_pg_admin)",
  );
  expect(wayText({ how: "inherit", path: ["ann", "team"] })).toBe("by inheritance (ann > team)");
  expect(wayText({ how: "admin", path: ["ann", "team"] })).toBe("by granting itself a role (ann > team)");
  expect(wayText({ how: "inherit", path: ["ann"] })).toBe("by its own attribute");
});

it("shows both ends of a long way", () => {
  const path = Array.from({ length: 10_000 }, (_, index) => `r${index}`);

  expect(pathText(path)).toBe("r0 > r1 > r2 > r3 > 9992 roles > r9996 > r9997 > r9998 > r9999");
  expect(pathText(path.slice(0, 8))).toBe("r0 > r1 > r2 > r3 > r4 > r5 > r6 > r7");
});
