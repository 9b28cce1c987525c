import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { aclReader, parseAclItem } from "../../shared/collect/aclItems.ts";
import type { ObjectKind } from "../../shared/model/databaseEvidence.ts";

/** As the server's putid() writes a name. */
function printed(name: string): string {
  return /^[A-Za-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

const roleName = fc
  .oneof(
    fc.string({ unit: "grapheme", minLength: 1 }),
    fc.string({ unit: fc.constantFrom('"', "=", "/", ",", "*", "a", "1", " ", "\\", "{"), minLength: 1 }),
    fc.constantFrom("PUBLIC", "public", "12345", "oid:1", '"', '""', "a\nb"),
  )
  .filter((name) => !name.includes("\0"));

const privileges = fc.uniqueArray(fc.constantFrom("a", "r", "w", "d", "D", "x", "t", "m", "X", "U", "C", "?", "é"));

describe("parseAclItem", () => {
  it("reads back whatever the server may print", () => {
    const item = fc.record({
      grantee: fc.option(roleName),
      privileges: privileges.chain((letters) =>
        fc.tuple(...letters.map((letter) => fc.constantFrom(letter, `${letter}*`))),
      ),
      grantor: roleName,
    });
    fc.assert(
      fc.property(item, ({ grantee, privileges: letters, grantor }) => {
        const text = `${grantee === null ? "" : printed(grantee)}=${letters.join("")}/${printed(grantor)}`;

        expect(parseAclItem(text)).toEqual({ grantee, privileges: letters.join(""), grantor });
      }),
    );
  });

  it.each(["", "app", "app=r", "app=r/", '"app=r/x', 'app=r/x=y/"', '"a"b=r/x', 'app=r/"x"y'])(
    "refuses what no server prints: %s",
    (text) => {
      expect(() => parseAclItem(text)).toThrow(
        "PostgreSQL printed an ACL entry that is not of the form grantee=privileges/grantor.",
      );
    },
  );
});

function grants(acl: readonly string[], kind: ObjectKind = "table", major = 16, numericRoles: readonly string[] = []) {
  return aclReader({ major, numericRoles: new Set(numericRoles) })(acl, kind, "app_owner");
}

describe("aclReader", () => {
  it("merges grantors, keeps each one's grant option, and puts PUBLIC first", () => {
    const acl = [
      "app_owner=arwdDxt/app_owner",
      "b=w/app_owner",
      "a=r/app_owner",
      "a=r*w/b",
      "=r/b",
      "PUBLIC=r/app_owner",
    ];

    expect(grants(acl)).toEqual({
      ownerFull: true,
      grants: [
        { grantee: null, privileges: "r", grantors: ["b"] },
        { grantee: "PUBLIC", privileges: "r", grantors: ["app_owner"] },
        { grantee: "a", privileges: "r*w", grantors: ["app_owner", "b"] },
        { grantee: "b", privileges: "w", grantors: ["app_owner"] },
      ],
    });
  });

  it("gives all ACLs that have the same entry the same grant", () => {
    const read = aclReader({ major: 16, numericRoles: new Set() });
    const [first, second] = [read(["a=r/o", "b=w/o"], "table", "o"), read(["c=r/o", "a=r/o"], "view", "p")];

    expect(first.grants[0]).toBe(second.grants[0]);
    expect(second.grants.map(({ grantee }) => grantee)).toEqual(["a", "c"]);
  });

  it.each(["app=*/x", "app=r**/x"])("refuses a star that belongs to no privilege: %s", (text) => {
    expect(() => grants([text])).toThrow("not of the form grantee=privileges/grantor.");
  });

  it("takes the owner's grant options for granted", () => {
    expect(grants(["app_owner=a*r*w*d*D*x*t*/app_owner"])).toEqual({ ownerFull: true, grants: [] });
  });

  it("knows that an owner's rights on a table grew with 17", () => {
    const before = ["app_owner=arwdDxt/app_owner"];
    const own = { grantee: "app_owner", privileges: "Dadrtwx", grantors: ["app_owner"] };

    expect(grants(before, "table", 16)).toEqual({ ownerFull: true, grants: [] });
    expect(grants(before, "table", 17)).toEqual({ ownerFull: false, grants: [own] });
    expect(grants(["app_owner=arwdDxtm/app_owner"], "table", 17)).toEqual({ ownerFull: true, grants: [] });
  });

  it("shows an owner with a privilege that is not known yet", () => {
    expect(grants(["app_owner=UCz/app_owner", "a=z*/app_owner"], "schema")).toEqual({
      ownerFull: true,
      grants: [
        { grantee: "a", privileges: "z*", grantors: ["app_owner"] },
        { grantee: "app_owner", privileges: "CUz", grantors: ["app_owner"] },
      ],
    });
  });

  it("tells an owner without rights from one whose rights are those of the table", () => {
    expect(grants([])).toEqual({ ownerFull: false, grants: [] });
    expect(grants([], "column")).toEqual({ ownerFull: true, grants: [] });
    expect(grants(["app_owner=r/app_owner"], "column")).toEqual({
      ownerFull: true,
      grants: [{ grantee: "app_owner", privileges: "r", grantors: ["app_owner"] }],
    });
  });

  it("takes a bare number for the OID of a role that is gone, unless a role has that name", () => {
    expect(grants(["16401=r/12345", "12345=r/16402"], "table", 16, ["12345"]).grants).toEqual([
      { grantee: "12345", privileges: "r", grantors: ["oid:16402"] },
      { grantee: "oid:16401", privileges: "r", grantors: ["12345"] },
    ]);
  });

  it.each([
    ["database", "CTc"],
    ["tablespace", "C"],
    ["parameter", "sA"],
    ["schema", "UC"],
    ["view", "arwdDxt"],
    ["matview", "arwdDxt"],
    ["foreign_table", "arwdDxt"],
    ["sequence", "rwU"],
    ["function", "X"],
    ["procedure", "X"],
    ["aggregate", "X"],
    ["type", "U"],
    ["domain", "U"],
    ["language", "U"],
    ["fdw", "U"],
    ["server", "U"],
    ["large_object", "rw"],
  ] as const)("leaves out the owner's own grant on a %s", (kind, letters) => {
    expect(grants([`app_owner=${letters}/app_owner`], kind)).toEqual({ ownerFull: true, grants: [] });
  });
});
