import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { accessInput, type AccessInput } from "../../shared/access/accessInput.ts";
import { type Bypass, bypassesOf, rowSecurityBypass } from "../../shared/access/rowSecurityBypass.ts";
import { compareHow } from "../../shared/access/way.ts";
import { accessPair } from "../../shared/diff/accessPair.ts";
import { bypassDifference } from "../../shared/diff/bypassDifference.ts";
import { type BypassDifference, type BypassGains, lifting } from "../../shared/diff/bypassGains.ts";
import { causesOf } from "../../shared/diff/causes.ts";
import { changesBetween } from "../../shared/diff/changes.ts";
import { diffSnapshots } from "../../shared/diff/diffSnapshots.ts";
import { snapshotOf } from "../../shared/diff/snapshot.ts";
import type { AclGroup } from "../../shared/model/databaseEvidence.ts";
import type { Snapshot } from "../../shared/model/drift.ts";
import type { Posture } from "../../shared/model/posture.ts";
import { collected } from "../../shared/collect/section.ts";
import { aclGroup, catalogContext, database, grant, membership, posture, protectedTable, role } from "../builders.ts";
import { drawnPair, postureOf } from "./drawnServer.ts";

function difference(before: Posture, after: Posture): BypassDifference {
  const [old, now] = [snapshotOf(before), snapshotOf(after)];
  const changes = changesBetween(old, now);
  const { causeOf } = causesOf(changes, old, now);
  return bypassDifference(old, now, changes, causeOf, () => accessPair(old, now, changes));
}

function inputOf(posture: Posture): AccessInput {
  const input = accessInput(posture);
  if ("unavailable" in input) throw new Error(input.unavailable.detail);
  return input;
}

/** The slow and obvious one: all ways of all logins after, without those that were there before. */
function slowGains(before: Posture, after: Posture): readonly string[] {
  const [old, now] = [inputOf(before), inputOf(after)];
  const gains: string[] = [];
  for (const [name, database] of now.databases) {
    const previous = old.databases.get(name);
    const tables = previous === undefined ? [] : rowSecurityBypass(old, previous);
    for (const table of rowSecurityBypass(now, database)) {
      const was = tables.find((one) => one.schema === table.schema && one.table === table.table);
      if (was === undefined) continue;
      for (const login of now.logins) {
        const had = old.logins.has(login) ? bypassesOf(was, login) : [];
        const has = bypassesOf(table, login);
        for (const way of has) {
          // With another owner it is another question: owners stand apart from those who need such a privilege.
          if (["truncate", "references"].includes(way.kind) && was.owner !== table.owner) continue;
          const isKnown = [...had.filter((one) => isSame(one, way) || lifting.has(one.kind)), ...liftedBy(has, way)];
          if (isKnown.some((one) => compareHow(one.how, way.how) <= 0)) continue;
          gains.push(`${login} ${name}.${table.table} ${way.kind} ${way.through ?? ""}`);
        }
      }
    }
  }
  return gains.sort();
}

function isSame(left: Bypass, right: Bypass): boolean {
  return left.kind === right.kind && left.through === right.through;
}

/** Of several ways that lift row security the plainest one is told. */
function liftedBy(ways: readonly Bypass[], { kind }: Bypass): readonly Bypass[] {
  const kinds = [...lifting];
  const plainer = new Set(lifting.has(kind) ? kinds.slice(0, kinds.indexOf(kind)) : kinds);
  return ways.filter((one) => plainer.has(one.kind));
}

/** Every way of every login under a cause, in the words of `slowGains`. */
function waysIn(gains: BypassGains, names: readonly string[], cause: string): readonly string[] {
  return (gains.get(cause) ?? []).flatMap(({ logins, ways }) =>
    [...logins].flatMap((login) =>
      ways.map(({ database, table: { table }, path: { kind, through } }) =>
        [names[login] ?? "", `${database}.${table}`, kind, through ?? ""].join(" "),
      ),
    ),
  );
}

/** Each once, whatever causes it has. */
function allWaysIn(gains: BypassGains, names: readonly string[]): readonly string[] {
  return [...new Set([...gains.keys()].flatMap((cause) => waysIn(gains, names, cause)))].sort();
}

describe("bypassDifference", () => {
  it("finds the ways that the difference of all ways of both sides finds, in both directions", () => {
    fc.assert(
      fc.property(drawnPair(4), ([before, after]) => {
        const [old, now] = [postureOf(before), postureOf(after)];

        const { gained, lost, names } = difference(old, now);

        expect(allWaysIn(gained, names)).toEqual(slowGains(old, now));
        expect(allWaysIn(lost, names)).toEqual(slowGains(now, old));
      }),
      { numRuns: 300 },
    );
  });

  it("puts every way under the one change that brought it", () => {
    fc.assert(
      fc.property(drawnPair(1), ([before, after]) => {
        const [old, now] = [postureOf(before), postureOf(after)];

        const { gained, names } = difference(old, now);

        const perCause = [...gained.keys()].map((cause) => waysIn(gained, names, cause));
        expect(perCause.flat().sort()).toEqual(slowGains(old, now));
      }),
      { numRuns: 300 },
    );
  });
});

/** `reporting` reads a definer view over a protected table, and may call a function of the same owner. */
function shop(override: { readonly members?: readonly string[]; readonly grants?: AclGroup["grants"] } = {}): Snapshot {
  const { members = [], grants = [grant("reporting", "r")] } = override;
  const over = { schema: "app", view: "v_orders", owner: "app_owner", tableSchema: "app", table: "orders", depth: 1 };
  return snapshotOf(
    posture(
      {
        context: collected([catalogContext()]),
        roles: collected([
          role("app_owner"),
          role("reporting"),
          role("bob", { canLogIn: true }),
          role("ann", { canLogIn: true }),
        ]),
        memberships: collected(members.map((member) => membership("reporting", member))),
      },
      undefined,
      [
        database("shop", {
          acls: collected([aclGroup(), aclGroup({ kind: "view", objects: ["v_orders"], grants })]),
          protectedTables: collected([protectedTable({ table: "orders", forced: false })]),
          protectedViews: collected([{ ...over, materialized: false, invoker: false, readsAs: ["app_owner"] }]),
          partitions: collected([]),
          definerFunctions: collected([]),
          publications: collected([]),
        }),
      ],
    ),
  );
}

describe("drift", () => {
  const context = { comparison: "previous", serverId: "s" } as const;

  it("of a membership tells the way past row security that it opened", () => {
    expect(diffSnapshots(shop(), shop({ members: ["bob"] }), context)).toMatchObject([
      {
        cause: "membership/reporting/bob",
        severity: "critical",
        direction: "gained",
        gainedCount: 1,
        gainedPrincipals: ["bob"],
        effectCount: 2,
        effects: [
          "login bob can now get past the policies of app.orders in database shop through view app.v_orders: bob → reporting, by inheritance",
          "login bob can now become reporting: bob → reporting, by inheritance",
        ],
        message:
          "Role bob became a member of reporting, granted by azuresu with INHERIT, SET: 1 login role now reaches reporting; 1 login role has a new way past row security.",
      },
    ]);
  });

  it("of a membership that was taken away tells the way that went with it", () => {
    const [drift] = diffSnapshots(shop({ members: ["bob"] }), shop(), context);

    expect(drift).toMatchObject({ severity: "info", direction: "lost", gainedCount: 0 });
    expect(drift?.effects).toContain(
      "login bob can no longer get past the policies of app.orders in database shop through view app.v_orders: bob → reporting, by inheritance",
    );
  });

  it("of a grant tells whom it leads past row security", () => {
    const members = ["bob"];

    const [drift] = diffSnapshots(shop({ members, grants: [] }), shop({ members }), context);

    expect(drift).toMatchObject({
      cause: "grant/shop/view/app/reporting/-/r",
      severity: "critical",
      gainedPrincipals: ["bob"],
    });
    expect(drift?.message).toMatch(/; 1 login role has a new way past row security\.$/);
  });
});
