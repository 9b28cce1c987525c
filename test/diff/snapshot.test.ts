import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { collected, unavailable } from "../../shared/collect/section.ts";
import { carryForward } from "../../shared/diff/carryForward.ts";
import { parseSnapshot, SnapshotError } from "../../shared/diff/parseSnapshot.ts";
import { snapshotOf } from "../../shared/diff/snapshot.ts";
import { digestOf, snapshotBytes } from "../../shared/diff/snapshotDigest.ts";
import type { Posture } from "../../shared/model/posture.ts";
import type { Sections } from "../../shared/model/section.ts";
import { catalogContext, membership, parameter, posture, role, serverFacts, session } from "../builders.ts";

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

/** The same posture with the items of every section in another order. */
function shuffled({ sections, ...rest }: Posture, seed: readonly number[]): Posture {
  const turned = Object.entries(sections).map(([name, section]: [string, Sections[keyof Sections]], index) => {
    if (section.state === "unavailable") return [name, section];
    const by = (seed[index % seed.length] ?? 0) % Math.max(1, section.items.length);
    return [name, collected([...section.items.slice(by), ...section.items.slice(0, by)].reverse())];
  });
  return { ...rest, sections: Object.fromEntries(turned) as Sections };
}

describe("snapshotOf", () => {
  it("is byte for byte the same whatever order the rows came in", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1 }), (seed) => {
        const bytes = snapshotBytes(snapshotOf(shuffled(posture(full), seed)));

        expect(bytes).toEqual(snapshotBytes(snapshotOf(posture(full))));
      }),
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

describe("carryForward", () => {
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
  const snapshot = snapshotOf(posture(full));
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
    ["with another value", text.replace("4096", "8192"), "was edited: parameters has digest"],
  ])("refuses a file that is %s", (_name, changed, message) => {
    expect(() => parse(changed, digestOf(snapshot))).toThrow(message);
  });

  it("refuses bytes that are no UTF-8", () => {
    expect(() => parseSnapshot("a.json", new Uint8Array([0xff, 0xfe]))).toThrow("is cut short or no JSON: 2 bytes.");
  });
});
