import { describe, expect, it } from "@jest/globals";
import { grantedTo, heldRoles } from "../../../shared/controls/priv/heldRoles.ts";
import type { Membership } from "../../../shared/model/catalogEvidence.ts";
import { membership } from "../../builders.ts";

function held(role: string, ...memberships: readonly Membership[]): readonly string[] {
  return [...heldRoles(role, grantedTo(memberships))].sort();
}

const onlySet = { inherit: false, set: true };
const onlyInherit = { inherit: true, set: false };

describe("heldRoles", () => {
  it("holds itself, even when nobody knows it", () => {
    expect(held("ann")).toEqual(["ann"]);
  });

  it("follows SET and then INHERIT, and not the other way round", () => {
    const edges = [membership("a", "ann", onlySet), membership("b", "a", onlyInherit), membership("c", "b", onlySet)];

    expect(held("ann", ...edges)).toEqual(["a", "ann", "b"]);
  });

  it("takes nothing from ADMIN OPTION alone", () => {
    expect(held("ann", membership("a", "ann", { admin: true, inherit: false, set: false }))).toEqual(["ann"]);
  });

  it("ends on a circle, which cannot exist, and on a deep chain", () => {
    expect(held("ann", membership("a", "ann"), membership("ann", "a"))).toEqual(["a", "ann"]);

    const chain = Array.from({ length: 10_000 }, (_, index) => membership(`r${index + 1}`, `r${index}`, onlyInherit));
    expect(held("r0", ...chain)).toHaveLength(10_001);
  });
});
