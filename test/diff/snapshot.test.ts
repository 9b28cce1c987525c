import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { collected, unavailable } from "../../shared/collect/section.ts";
import { carryForward } from "../../shared/diff/carryForward.ts";
import { parseSnapshot, SnapshotError } from "../../shared/diff/parseSnapshot.ts";
import { snapshotOf } from "../../shared/diff/snapshot.ts";
import { digestOf, digestsOf, snapshotBytes } from "../../shared/diff/snapshotDigest.ts";
import type { DatabasePosture, Posture } from "../../shared/model/posture.ts";
import type { Sections } from "../../shared/model/section.ts";
import {
  aclGroup,
  catalogContext,
  database,
  databaseFacts,
  grant,
  membership,
  parameter,
  posture,
  protectedTable,
  role,
  rowPolicy,
  serverFacts,
  serverRef,
  session,
} from "../builders.ts";

function setting(name: string, value = "on") {
  return { name, value, unit: null, source: "configuration file", context: "sighup", pendingRestart: false };
}

const full: Partial<Sections> = {
  firewallRules: collected([
    { name: "office", first: "203.0.113.0", last: "203.0.113.15" },
    { name: "a/b", first: "203.0.113.16", last: "203.0.113.16" },
  ]),
  parameters: collected([parameter("work_mem", "4096"), parameter("ssl", "ON", { dataType: "Boolean" })]),
  context: collected([catalogContext()]),
  settings: collected([setting("ssl"), setting("row_security")]),
  roles: collected([role("ann", { labels: ["b=2", "a=1"] }), role("bob")]),
  memberships: collected([membership("ann", "bob"), membership("ann", "bob", { grantor: "carl", admin: true })]),
  roleSettings: collected([
    { role: null, database: null, name: "search_path", value: "x" },
    { role: "*", database: "*", name: "search_path", value: "y" },
  ]),
  diagnosticSettings: collected([
    {
      name: "logs",
      workspaceId: "/W",
      storageAccountId: null,
      eventHubName: null,
      categories: [
        { category: "B", enabled: true },
        { category: "A", enabled: true },
      ],
    },
  ]),
};

const shop = database("shop", {
  acls: collected([
    aclGroup({ objects: ["t2", "t1"], grants: [grant(null, "r"), grant("ann", "arw*", { grantors: ["bob"] })] }),
    // The same ACL from another grantor: PostgreSQL keeps it apart, its effect is the same.
    aclGroup({ objects: ["t0"], grants: [grant(null, "r"), grant("ann", "arw*", { grantors: ["app_owner"] })] }),
    aclGroup({ kind: "function", objects: ["f(integer, app.mood)"], grants: [grant("ann", "Xz")] }),
  ]),
  protectedTables: collected([protectedTable(), protectedTable({ table: "b" })]),
  rowPolicies: collected([rowPolicy({ roles: ["b", "a"] }), rowPolicy({ name: "second" })]),
});

function shuffledSections<S extends Sections | DatabasePosture["sections"]>(sections: S, seed: readonly number[]): S {
  const turned = Object.entries(sections).map(([name, section]: [string, Sections[keyof Sections]], index) => {
    if (section.state === "unavailable") return [name, section];
    const by = (seed[index % seed.length] ?? 0) % Math.max(1, section.items.length);
    return [name, collected([...section.items.slice(by), ...section.items.slice(0, by)].reverse())];
  });
  return Object.fromEntries(turned) as S;
}

/** The same posture with the items of every section, and its databases, in another order. */
function shuffled({ sections, databases, ...rest }: Posture, seed: readonly number[]): Posture {
  const turned = databases.map((one) => ({ ...one, sections: shuffledSections(one.sections, seed) }));
  return { ...rest, sections: shuffledSections(sections, seed), databases: turned.reverse() };
}

const whole = posture({ ...full, databases: collected([databaseFacts("shop")]) }, serverRef(), [
  shop,
  database("other"),
]);

describe("snapshotOf", () => {
  it("is byte for byte the same whatever order the rows came in", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1 }), (seed) => {
        const bytes = snapshotBytes(snapshotOf(shuffled(whole, seed)));

        expect(bytes).toEqual(snapshotBytes(snapshotOf(whole)));
      }),
      { numRuns: 30 },
    );
  });

  it("does not depend on order even when two items have one key", () => {
    const rule = fc.record({
      name: fc.constantFrom("a", "b"),
      first: fc.constantFrom("1", "2"),
      last: fc.constantFrom("1", "2"),
    });
    fc.assert(
      fc.property(fc.array(rule), (rules) => {
        const turned = snapshotOf(posture({ firewallRules: collected([...rules].reverse()) }));

        expect(digestOf(turned)).toBe(digestOf(snapshotOf(posture({ firewallRules: collected(rules) }))));
      }),
    );
  });

  it("holds nothing that moves by itself", () => {
    const later: Posture = {
      ...posture({
        ...full,
        server: collected([serverFacts({ state: "Updating", minorVersion: "6" })]),
        parameters: collected([
          parameter("work_mem", "4096"),
          parameter("ssl", "on", { dataType: "Boolean" }),
          parameter("server_version", "17.6"),
        ]),
        sessions: collected([session()]),
        backups: collected([{ name: "b", type: null, source: null, completedAt: "2026-11-22T05:00:00Z" }]),
      }),
      takenAt: "2026-11-23T06:00:00.000Z",
    };

    expect(digestOf(snapshotOf(later))).toBe(digestOf(snapshotOf(posture(full))));
  });

  it("names items by stable keys", () => {
    const { parts } = snapshotOf(posture(full));

    expect(Object.keys(parts.firewallRules.items)).toEqual(["firewallRule/office", "firewallRule/a%2Fb"]);
    expect(Object.keys(parts.memberships.items)).toEqual(["membership/ann/bob"]);
    expect(parts.roleSettings.items).toEqual({
      "roleSetting/*/*/search_path": "x",
      "roleSetting/%2A/%2A/search_path": "y",
    });
    expect(parts.diagnosticSettings.items).toEqual({
      "diagnosticSetting/logs": { workspaceId: "/w", storageAccountId: null, eventHubName: null, enabled: ["A", "B"] },
    });
    expect(parts.parameters.items["parameter/ssl"]).toEqual({
      value: "on",
      source: "user-override",
      pendingRestart: false,
    });
  });

  it("takes settings that the login may not see as not read, never as removed", () => {
    const blind = collected([catalogContext({ seesSettings: false })]);

    expect(snapshotOf(posture({ ...full, context: blind })).parts.settings).toEqual({
      state: "unavailable",
      items: {},
    });
  });

  it("does not let a role of a strange name touch the prototype", () => {
    const { parts } = snapshotOf(posture({ roles: collected([role("__proto__"), role("constructor")]) }));

    expect(Object.keys(parts.roles.items)).toEqual(["role/__proto__", "role/constructor"]);
  });
});

describe("databases of a snapshot", () => {
  const { databases, volatile } = snapshotOf(whole);

  it("hold groups of objects by everything that their ACLs have in common", () => {
    expect(databases["shop"]?.acls).toEqual({
      state: "collected",
      items: {
        "acl/table/app/app_owner/=r,ann=arw*": ["t0", "t1", "t2"],
        "acl/function/app/app_owner/ann=Xz": ["f(integer, app.mood)"],
      },
    });
  });

  it("tell what was read from what was not", () => {
    expect(databases["shop"]?.extensions).toEqual({ state: "unavailable", items: {} });
    expect(databases["other"]?.acls.state).toBe("unavailable");
  });

  it("keep grantors beside the parts: those of memberships, and others than the owner", () => {
    expect(volatile.membershipGrantors).toEqual({
      usual: "azuresu",
      others: { "membership/ann/bob": "azuresu=IS,carl=AIS" },
    });
    expect(volatile.aclGrantors).toEqual({
      "database/shop/acl/table/app/app_owner/=r,ann=arw*": { ann: ["bob"] },
    });
  });

  it("survive names of every kind", () => {
    const names = ["__proto__", "constructor", "a/b%2F", "*", "ü", '"'];
    const snapshot = snapshotOf(
      posture(
        {},
        serverRef(),
        names.map((name) => database(name, shop.sections)),
      ),
    );

    const read = parseSnapshot("a.json", snapshotBytes(snapshot));

    expect(Object.keys(read.databases).sort()).toEqual([...names].sort());
    expect(digestOf(read)).toBe(digestOf(snapshot));
    expect(new Set(Object.keys(digestsOf(read))).size).toBe(18 + names.length * 15);
  });
});

describe("digests", () => {
  it("are one per part, and only that of a changed part differs", () => {
    const before = digestsOf(snapshotOf(whole));
    const after = digestsOf(snapshotOf({ ...whole, databases: [database("shop"), database("other")] }));

    const different = Object.keys(before).filter((name) => before[name] !== after[name]);

    expect(different).toEqual(["database/shop/acls", "database/shop/protectedTables", "database/shop/rowPolicies"]);
  });

  it("do not hold OIDs, grantors and minor versions", () => {
    const later = posture(
      {
        ...full,
        context: collected([catalogContext({ versionNum: 170011, systemIdentifier: "1" })]),
        roles: collected([role("ann", { labels: ["b=2", "a=1"], oid: 9 }), role("bob", { oid: 8 })]),
        memberships: collected([membership("ann", "bob", { grantor: "eve", admin: true })]),
      },
      serverRef(),
    );

    expect(digestOf(snapshotOf(later))).toBe(digestOf(snapshotOf(posture(full))));
    expect(snapshotOf(later).volatile.roleOids).toEqual({ ann: 9, bob: 8 });
  });
});

describe("carryForward", () => {
  it("keeps a database, or a part of it, that could not be read, and lets go of one that was dropped", () => {
    const lists = { databases: collected([databaseFacts("shop"), databaseFacts("other")]) };
    const previous = snapshotOf(posture(lists, serverRef(), [shop, database("other", shop.sections)]));
    const partly = { ...shop.sections, acls: unavailable("timeout", "slow"), rowPolicies: collected([]) };
    const current = snapshotOf(
      posture({ databases: collected([databaseFacts("shop")]) }, serverRef(), [database("shop", partly)]),
    );

    const carried = carryForward(previous, current);
    const unlisted = carryForward(previous, snapshotOf(posture({}, serverRef(), [])));

    expect(Object.keys(carried.databases)).toEqual(["shop"]);
    expect(carried.databases["shop"]?.acls).toEqual(previous.databases["shop"]?.acls);
    expect(carried.databases["shop"]?.rowPolicies).toEqual({ state: "collected", items: {} });
    expect(carried.volatile.aclGrantors).toEqual(
      Object.fromEntries(Object.entries(previous.volatile.aclGrantors).filter(([key]) => key.includes("/shop/"))),
    );
    expect(unlisted.databases).toEqual(previous.databases);
    expect(unlisted.volatile).toEqual(previous.volatile);
  });

  it("keeps what could not be read now as it was last seen", () => {
    const previous = snapshotOf(posture(full));
    const current = snapshotOf(
      posture({ ...full, roles: unavailable("timeout", "slow"), firewallRules: collected([]) }),
    );

    const carried = carryForward(previous, current);

    expect(carried.parts.roles).toEqual(previous.parts.roles);
    expect(carried.parts.firewallRules).toEqual({ state: "collected", items: {} });
  });
});

describe("parseSnapshot", () => {
  const snapshot = snapshotOf(whole);
  const text = new TextDecoder().decode(snapshotBytes(snapshot));

  function parse(changed: string, digest?: string) {
    return parseSnapshot("a.json", new TextEncoder().encode(changed), digest);
  }

  it("reads back what was written", () => {
    expect(parse(text, digestOf(snapshot))).toEqual(snapshot);
  });

  it("refuses a file cut anywhere", () => {
    fc.assert(
      fc.property(fc.nat(text.length - 1), (length) => {
        expect(() => parse(text.slice(0, length))).toThrow(SnapshotError);
      }),
    );
  });

  it.each([
    ["empty", "", "Snapshot a.json is empty."],
    ["of another version", text.replace("snapshot/2", "snapshot/3"), '"pgwarden.snapshot/3"; this version reads'],
    ["of another kind", "[1]", 'has no "schema"'],
    ["with a part missing", text.replace('"roles":{', '"rolls":{'), "was edited or is incomplete"],
    ["with a blank more", text.replace(":", ": "), "not in canonical form"],
    ["of version 1", text.replace("snapshot/2", "snapshot/1"), "scan the server again"],
    ["with another name in a database", text.replace('"t1"', '"t9"'), "was edited: database/shop/acls has digest"],
    ["with another grantor", text.replace('["bob"]', '["eve"]'), "was edited: volatile has digest"],
    ["with a value that no part has", text.replace('"t1"', "1e999"), "was edited"],
    ["with another value", text.replace("4096", "8192"), "was edited: parameters has digest"],
  ])("refuses a file that is %s", (_name, changed, message) => {
    expect(() => parse(changed, digestOf(snapshot))).toThrow(message);
  });

  it("refuses another snapshot than the one that was asked for", () => {
    expect(() => parse(text, "0".repeat(64))).toThrow(`is another one: its digest is ${digestOf(snapshot)}, not 000`);
  });

  it("refuses bytes that are no UTF-8", () => {
    expect(() => parseSnapshot("a.json", new Uint8Array([0xff, 0xfe]))).toThrow("is cut short or no JSON: 2 bytes.");
  });
});
