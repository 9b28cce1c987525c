import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { aclFrom, aclKey, privilegesOf } from "../../shared/diff/aclKey.ts";
import { aclGroup, grant } from "../builders.ts";

const odd = ["PUBLIC", "*", "=", ",", '"', "a=b,c", "12345", "!", "a/b%2F", "\\", "ü 日", "line\nbreak", "__proto__"];
const name = fc.oneof(fc.constantFrom(...odd), fc.string({ minLength: 1, maxLength: 63 }));
const letters = fc.constantFrom("r", "adrw", "ar*w", "r*", "Xz");

describe("aclKey", () => {
  it("is read back as the group that it names, whatever its names are", () => {
    const group = fc.record({
      schema: fc.option(name),
      owner: name,
      ownerFull: fc.boolean(),
      grants: fc.uniqueArray(fc.tuple(fc.option(name), letters), { selector: ([grantee]) => grantee, maxLength: 5 }),
    });
    fc.assert(
      fc.property(group, ({ schema, owner, ownerFull, grants }) => {
        const given = aclGroup({
          schema,
          owner,
          ownerFull,
          grants: grants.map(([grantee, held]) => grant(grantee, held)),
        });

        expect(aclFrom(aclKey(given))).toEqual({ kind: "table", schema, owner, ownerFull, grants: new Map(grants) });
      }),
    );
  });

  it("does not depend on the order of grants, nor on who granted", () => {
    const grants = [grant(null, "r"), grant("ann", "w", { grantors: ["bob"] })];
    const turned = [grant("ann", "w"), grant(null, "r", { grantors: ["eve"] })];

    expect(aclKey(aclGroup({ grants }))).toBe(aclKey(aclGroup({ grants: turned })));
    expect(aclKey(aclGroup({ grants }))).toBe("acl/table/app/app_owner/=r,ann=w");
  });

  it("tells PUBLIC from a role of that name, and no schema from one called *", () => {
    const keys = [
      aclGroup({ grants: [grant(null, "r")] }),
      aclGroup({ grants: [grant("PUBLIC", "r")] }),
      aclGroup({ schema: null }),
      aclGroup({ schema: "*" }),
      aclGroup({ schema: '"*"' }),
      aclGroup({ ownerFull: false }),
    ].map((group) => aclKey(group));

    expect(new Set(keys).size).toBe(keys.length);
  });

  it.each(["acl", "acl/table", "acl/table/app/app_owner", "role/ann"])("does not take %s for a group", (key) => {
    expect(aclFrom(key)).toBeUndefined();
  });
});

describe("privilegesOf", () => {
  it("keeps letters of later versions", () => {
    expect(privilegesOf("ar*z*")).toEqual([
      { letter: "a", grantable: false },
      { letter: "r", grantable: true },
      { letter: "z", grantable: true },
    ]);
  });
});
