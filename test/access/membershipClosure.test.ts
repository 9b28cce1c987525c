import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { membershipGraph } from "../../shared/access/membershipGraph.ts";
import { type How, type ReachTarget, reach, reachIn } from "../../shared/access/membershipClosure.ts";
import type { Membership, Role } from "../../shared/model/catalogEvidence.ts";
import { membership, role } from "../builders.ts";
import { slowReach } from "./slowReach.ts";

const pg17 = { versionNum: 170010 };
const pg15 = { versionNum: 150018 };
const administrators: ReachTarget = { kind: "role", name: "azure_pg_admin" };
const bypassRls: ReachTarget = { kind: "attribute", name: "bypassRls" };

const none = { admin: false, inherit: false, set: false };
const inheritOnly = { ...none, inherit: true };
const setOnly = { ...none, set: true };
const adminOnly = { ...none, admin: true };

function hows(target: ReachTarget, memberships: readonly Membership[], roles: readonly Role[], version = pg17) {
  return Object.fromEntries([...reach(target, memberships, roles, version)].map(([name, { how }]) => [name, how]));
}

describe("reach", () => {
  const roles = ["azure_pg_admin", "eve", "grp_set", "frank", "grp_inh", "gina", "hank", "carol"].map((name) =>
    role(name),
  );
  const rls = role("rls_free", { bypassRls: true });

  it("finds SET then INHERIT, with its path", () => {
    const edges = [membership("azure_pg_admin", "grp_set", inheritOnly), membership("grp_set", "eve", setOnly)];

    expect(new Map(reach(administrators, edges, roles, pg17))).toEqual(
      new Map([
        ["grp_set", { how: "inherit", path: ["grp_set", "azure_pg_admin"] }],
        ["eve", { how: "set", path: ["eve", "grp_set", "azure_pg_admin"] }],
      ]),
    );
  });

  it("does not find INHERIT then SET", () => {
    const edges = [membership("rls_free", "grp_inh", setOnly), membership("grp_inh", "frank", inheritOnly)];

    expect(hows(bypassRls, edges, [...roles, rls])).toEqual({ rls_free: "inherit", grp_inh: "set" });
    expect(hows({ kind: "role", name: "rls_free" }, edges, [...roles, rls])).toEqual({ grp_inh: "set" });
  });

  it("lets ADMIN alone grant itself the role", () => {
    expect(hows(administrators, [membership("azure_pg_admin", "gina", adminOnly)], roles)).toEqual({ gina: "admin" });
  });

  it("gives nothing for a membership without options", () => {
    expect(hows(administrators, [membership("azure_pg_admin", "hank", none)], roles)).toEqual({});
  });

  it("passes attributes along SET only", () => {
    const edges = [membership("rls_free", "carol"), membership("rls_free", "hank", inheritOnly)];

    expect(hows(bypassRls, edges, [...roles, rls])).toEqual({ rls_free: "inherit", carol: "set" });
  });

  it("goes on after an ADMIN hop, by INHERIT to it and by anything from it", () => {
    const edges = [
      membership("rls_free", "grp_set", setOnly),
      membership("grp_set", "grp_inh", adminOnly),
      membership("grp_inh", "frank", inheritOnly),
    ];

    expect(reach(bypassRls, edges, [...roles, rls], pg17).get("frank")).toEqual({
      how: "admin",
      path: ["frank", "grp_inh", "grp_set", "rls_free"],
    });
  });

  it("joins the options that several grantors gave", () => {
    const edges = [
      membership("azure_pg_admin", "grp_set", { ...adminOnly, grantor: "alice" }),
      membership("azure_pg_admin", "grp_set", { ...inheritOnly, grantor: "bob" }),
    ];

    expect(hows(administrators, edges, roles)).toEqual({ grp_set: "inherit" });
  });

  it("prefers the better way over the shorter one", () => {
    const edges = [
      membership("azure_pg_admin", "eve", adminOnly),
      membership("azure_pg_admin", "grp_inh", inheritOnly),
      membership("grp_inh", "eve", inheritOnly),
    ];

    expect(reach(administrators, edges, roles, pg17).get("eve")).toEqual({
      how: "inherit",
      path: ["eve", "grp_inh", "azure_pg_admin"],
    });
  });

  it("takes the shortest path, and of equal ones the same whatever the order of the rows", () => {
    const edges = [
      membership("azure_pg_admin", "grp_set"),
      membership("azure_pg_admin", "grp_inh"),
      membership("grp_set", "eve"),
      membership("grp_inh", "eve"),
      membership("eve", "frank"),
      membership("grp_inh", "frank"),
    ];
    const forward = reach(administrators, edges, roles, pg17);

    expect(forward.get("frank")?.path).toEqual(["frank", "grp_inh", "azure_pg_admin"]);
    expect(forward.get("eve")?.path).toEqual(["eve", "grp_inh", "azure_pg_admin"]);
    expect([...reach(administrators, edges.toReversed(), roles.toReversed(), pg17)]).toEqual([...forward]);
  });

  describe("before PostgreSQL 16", () => {
    const creator = role("creator", { createRole: true });
    const superuser = role("azuresu", { superuser: true, createRole: true });

    it("lets CREATEROLE grant itself every role but a superuser's", () => {
      expect(hows(administrators, [], [...roles, creator, superuser], pg15)).toEqual({ creator: "admin" });
      expect(hows({ kind: "role", name: "azuresu" }, [], [...roles, creator, superuser], pg15)).toEqual({});
      expect(hows(bypassRls, [], [rls, creator], pg15)).toEqual({ rls_free: "inherit", creator: "admin" });
    });

    it("passes that power on along SET", () => {
      const edges = [membership("creator", "eve"), membership("creator", "frank", inheritOnly)];

      expect(new Map(reach(administrators, edges, [...roles, creator], pg15))).toEqual(
        new Map([
          ["creator", { how: "admin", path: ["creator", "azure_pg_admin"] }],
          ["eve", { how: "admin", path: ["eve", "creator", "azure_pg_admin"] }],
        ]),
      );
    });

    it("reaches through any role that is no superuser's, behind one that is", () => {
      const edges = [membership("azuresu", "grp_set")];

      expect(hows({ kind: "role", name: "azuresu" }, edges, [...roles, creator, superuser], pg15)).toEqual({
        grp_set: "inherit",
        creator: "admin",
      });
    });

    it("has no such power from 16 on", () => {
      expect(hows(administrators, [], [...roles, creator], { versionNum: 160000 })).toEqual({});
    });
  });

  it("answers nothing for a target that does not exist", () => {
    expect([...reach({ kind: "role", name: "nobody" }, [membership("a", "b")], roles, pg17)]).toEqual([]);
    expect([...reach(bypassRls, [membership("a", "b")], roles, pg17)]).toEqual([]);
  });

  it("walks memberships of roles that the role list lacks", () => {
    expect(hows(administrators, [membership("azure_pg_admin", "late")], [])).toEqual({ late: "inherit" });
  });

  it("takes any name as a name", () => {
    const names = ['quo"te', "two words", "sl/ash", "per%cent", "größe☃", "x".repeat(63), "__proto__", "constructor"];
    const edges = names.map((name, at) => membership(names[at - 1] ?? "azure_pg_admin", name));

    const reached = reach(administrators, edges, [], pg17);

    expect(reached.get("constructor")).toEqual({
      how: "inherit",
      path: [...names.toReversed(), "azure_pg_admin"],
    });
  });

  it("survives a chain of 10,000 roles", () => {
    const edges = Array.from({ length: 10_000 }, (_, at) =>
      membership(at === 0 ? "azure_pg_admin" : `r${at - 1}`, `r${at}`),
    );

    const reached = reach(administrators, edges, [], pg17);

    expect(reached.size).toBe(10_000);
    expect(reached.get("r9999")?.path.length).toBe(10_001);
  });

  it("survives 100 diamonds of 20 in a row, which hold 20^100 paths", () => {
    const edges = Array.from({ length: 100 }, (_, level) =>
      Array.from({ length: 20 }, (_, at) => [
        membership(level === 0 ? "azure_pg_admin" : `joint${level - 1}`, `side${level}.${at}`),
        membership(`side${level}.${at}`, `joint${level}`),
      ]),
    ).flat(2);

    expect(reach(administrators, edges, [], pg17).get("joint99")?.path.length).toBe(201);
  });

  it("ends in a circle, which only a damaged catalog holds", () => {
    const edges = [membership("a", "b"), membership("b", "c"), membership("c", "a"), membership("a", "azure_pg_admin")];

    expect(hows({ kind: "role", name: "a" }, edges, [])).toEqual({
      azure_pg_admin: "inherit",
      b: "inherit",
      c: "inherit",
    });
  });

  it("answers many targets over one graph as it does one by one", () => {
    const edges = [membership("azure_pg_admin", "grp_set", adminOnly), membership("rls_free", "grp_set", setOnly)];
    const graph = membershipGraph(edges, [...roles, rls], pg17);

    for (const target of [administrators, bypassRls, administrators])
      expect([...reachIn(graph, target)]).toEqual([...reach(target, edges, [...roles, rls], pg17)]);
  });
});

const names = ["a", "b", "c", "d", "e", "f"];
const roleList = fc.tuple(
  ...names.map((name) =>
    fc
      .record({ superuser: weighted(1, 8), createRole: weighted(1, 5), bypassRls: weighted(1, 4) })
      .map((attributes) => role(name, attributes)),
  ),
);
const edgeList = fc.uniqueArray(
  fc
    .record({
      granted: fc.nat(names.length - 1),
      member: fc.nat(names.length - 1),
      grantor: fc.constantFrom("x", "y"),
      admin: weighted(1, 5),
      inherit: fc.boolean(),
      set: fc.boolean(),
    })
    // PostgreSQL refuses circles: a role is granted only to one behind it in the alphabet.
    .filter(({ granted, member }) => granted < member)
    .map(({ granted, member, ...options }) => membership(names[granted] ?? "", names[member] ?? "", options)),
  { maxLength: 14, selector: ({ role, member, grantor }) => `${role}/${member}/${grantor}` },
);
const target = fc.oneof(
  fc.constantFrom<ReachTarget>(...names.map((name) => ({ kind: "role", name }) as const)),
  fc.constantFrom<ReachTarget>(
    { kind: "attribute", name: "bypassRls" },
    { kind: "attribute", name: "superuser" },
    { kind: "attribute", name: "createRole" },
  ),
);

function weighted(yes: number, no: number): fc.Arbitrary<boolean> {
  return fc.oneof({ weight: yes, arbitrary: fc.constant(true) }, { weight: no, arbitrary: fc.constant(false) });
}

/** Before 16 a grant has no options of its own. */
function asBefore16(edges: readonly Membership[]): readonly Membership[] {
  return edges.map((edge) => ({ ...edge, set: true }));
}

describe("reach against an actor who tries everything", () => {
  it.each([
    ["from 16 on", 170000],
    ["before 16", 150000],
  ])("agrees %s", (_name, versionNum) => {
    fc.assert(
      fc.property(roleList, edgeList, target, (roles, drawn, wanted) => {
        const edges = versionNum >= 160000 ? drawn : asBefore16(drawn);
        const reached = reach(wanted, edges, roles, { versionNum });

        const found: Record<string, How> = {};
        for (const [name, { how }] of reached) found[name] = how;
        expect(found).toEqual(slowReach(wanted, edges, roles, { versionNum }));
        for (const [name, { how, path }] of reached) {
          expect(path[0]).toBe(name);
          expect(new Set(path).size).toBe(path.length);
          if (how !== "admin" || versionNum >= 160000) expect(isLinked(path, edges)).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

function isLinked(path: readonly string[], edges: readonly Membership[]): boolean {
  return path.every(
    (name, at) => at === 0 || edges.some(({ role, member }) => role === name && member === path[at - 1]),
  );
}
