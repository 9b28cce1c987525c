import { describe, expect, it } from "@jest/globals";
import { qualifiedName, qualifiedPolicy } from "../../../shared/controls/rls/objectNames.ts";

describe("qualifiedName", () => {
  it("writes names as the policy does, with slashes and percent signs encoded", () => {
    expect(qualifiedName("app", "shop", "orders")).toBe("app/shop.orders");
    expect(qualifiedName("a/b", "s%", "t")).toBe("a%2Fb/s%25.t");
  });
});

describe("qualifiedPolicy", () => {
  it("puts the policy behind its table", () => {
    expect(qualifiedPolicy("app", "shop", "orders", "by/tenant")).toBe("app/shop.orders/by%2Ftenant");
  });
});
