import { describe, expect, it } from "@jest/globals";
import { collected, unavailable } from "../../shared/collect/section.ts";
import { snapshotOf } from "../../shared/diff/snapshot.ts";
import { uncomparedParts } from "../../shared/diff/uncomparedParts.ts";
import type { Snapshot } from "../../shared/model/drift.ts";
import type { DatabaseSections, Sections } from "../../shared/model/section.ts";
import { catalogContext, database, posture, protectedTable, rowPolicy, serverRef } from "../builders.ts";

const denied = unavailable("denied", "no right in this test");

/** Everything read and empty, but for what the test changes. */
function snapshot(
  sections: Partial<Sections>,
  databases: Readonly<Record<string, Partial<DatabaseSections>>>,
): Snapshot {
  const found = Object.entries(databases).map(([name, given]) => database(name, given));
  const seen = snapshotOf(posture(sections, serverRef(), found));
  const parts = Object.entries(seen.parts).map(([name, part]) => {
    return [name, Object.hasOwn(sections, name) ? part : { state: "collected", items: {} }];
  });
  const inDatabases = Object.entries(seen.databases).map(([name, all]) => {
    const known = Object.entries(all).map(([part, value]) => {
      return [part, Object.hasOwn(databases[name] ?? {}, part) ? value : { state: "collected", items: {} }];
    });
    return [name, Object.fromEntries(known) as Snapshot["databases"][string]];
  });
  return {
    ...seen,
    parts: Object.fromEntries(parts) as Snapshot["parts"],
    databases: Object.fromEntries(inDatabases) as Snapshot["databases"],
  };
}

describe("uncomparedParts", () => {
  it("names nothing where both sides read everything", () => {
    const both = snapshot({}, { shop: {} });

    expect(uncomparedParts(both, both)).toEqual([]);
  });

  it("tells what the baseline lacked from what cannot be read now", () => {
    const baseline = snapshot({ roles: denied, memberships: denied }, { shop: { acls: denied } });
    const now = snapshot({ memberships: denied, sharedAcls: denied }, { shop: { definerFunctions: denied } });

    const lacked = "it was not read when the baseline was approved";
    expect(uncomparedParts(baseline, now)).toEqual([
      { part: "roles", database: null, why: lacked },
      { part: "memberships", database: null, why: lacked },
      { part: "sharedAcls", database: null, why: "it cannot be read now" },
      { part: "acls", database: "shop", why: lacked },
      { part: "definerFunctions", database: "shop", why: "it cannot be read now" },
    ]);
  });

  it("compares nothing of a database that the baseline has not, and asks nothing of one that went", () => {
    const found = uncomparedParts(snapshot({}, { went: {} }), snapshot({}, { came: {} }));

    expect(new Set(found.map(({ database: name, why }) => `${name}: ${why}`))).toEqual(
      new Set(["came: the baseline has no such database"]),
    );
    expect(found.map(({ part }) => part)).toContain("rowPolicies");
  });

  it("says when policies of a table were counted and not seen", () => {
    const counted = { protectedTables: collected([protectedTable({ policyCount: 2 })]) };
    const baseline = snapshot({}, { shop: { ...counted, rowPolicies: collected([rowPolicy()]) } });
    const policies = collected([rowPolicy(), rowPolicy({ name: "second" })]);
    const now = snapshot({}, { shop: { ...counted, rowPolicies: policies } });

    expect(uncomparedParts(baseline, now)).toEqual([
      { part: "rowPolicies", database: "shop", why: "the policies of app.accounts could not all be seen" },
    ]);
  });

  it("takes expressions of another major version for compared only when they read alike", () => {
    function at(version: number, using: string): Snapshot {
      const seen = snapshot(
        { context: collected([catalogContext()]) },
        { shop: { rowPolicies: collected([rowPolicy({ using })]) } },
      );
      return { ...seen, volatile: { ...seen.volatile, majorVersion: version } };
    }

    expect(uncomparedParts(at(16, "(tenant = 1)"), at(17, "(tenant = 1)"))).toEqual([]);
    expect(uncomparedParts(at(16, "(tenant = 1)"), at(16, "(tenant = 2)"))).toEqual([]);
    expect(uncomparedParts(at(16, "(tenant = 1)"), at(17, "(tenant = 2)"))).toEqual([
      {
        part: "rowPolicies",
        database: "shop",
        why: "PostgreSQL writes the expressions of policies anew in each major version, and they differ from the baseline's",
      },
    ]);
  });
});
