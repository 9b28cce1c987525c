import { describe, expect, it } from "@jest/globals";
import { accessAnswer } from "../../shared/access/accessAnswer.ts";
import { accessInput } from "../../shared/access/accessInput.ts";
import { accessTarget } from "../../shared/access/accessTarget.ts";
import { collected } from "../../shared/collect/section.ts";
import { snapshotOf } from "../../shared/diff/snapshot.ts";
import type { Posture } from "../../shared/model/posture.ts";
import { storedPosture } from "../../shared/runs/storedPosture.ts";
import {
  aclGroup,
  catalogContext,
  database,
  databaseFacts,
  grant,
  membership,
  posture,
  protectedTable,
  role,
  serverRef,
  takenAt,
} from "../builders.ts";

const group = { objectId: "c0ffee00-0000-4000-8000-000000000001", type: "group", admin: false, mfa: false } as const;

/** Quoted names, an Entra group, a chain, an owner, PUBLIC, a view, a partition and a publication. */
function seen(): Posture {
  const acls = [
    aclGroup({ kind: "schema", schema: null, objects: ["app"], grants: [grant(null, "U")] }),
    aclGroup({ objects: ["accounts"], grants: [grant(null, "r"), grant('odd, "name"=x', "aw*")] }),
    aclGroup({ objects: ["accounts_2026"], owner: "db_owner", grants: [grant("reader", "r")] }),
    aclGroup({ kind: "view", objects: ["summary"], grants: [grant("reader", "r")] }),
  ];
  return posture(
    {
      context: collected([catalogContext({ database: "shop" })]),
      roles: collected([
        role("azure_pg_admin"),
        role("app_owner"),
        role("db_owner", { canLogIn: true }),
        role("reader"),
        role('odd, "name"=x', { canLogIn: true }),
        role("a/b%", { canLogIn: true }),
        role("ops", { entra: group, bypassRls: true }),
        role("pg_database_owner"),
      ]),
      memberships: collected([
        membership("azure_pg_admin", "ops", { inherit: false }),
        membership("ops", "a/b%", { admin: true, inherit: false, set: false }),
        membership("ops", "a/b%", { grantor: "app_owner", inherit: false }),
        membership("reader", "db_owner"),
        membership("pg_database_owner", "db_owner", { grantor: "(implicit)" }),
      ]),
      databases: collected([databaseFacts("shop", { owner: "db_owner" })]),
      sharedAcls: collected([
        aclGroup({ kind: "database", schema: null, owner: "db_owner", objects: ["shop"], grants: [grant(null, "cT")] }),
      ]),
    },
    serverRef(),
    [
      database("shop", {
        acls: collected(acls),
        protectedTables: collected([protectedTable({ owner: "app_owner", forced: false })]),
        partitions: collected([
          { schema: "app", table: "accounts_2026", parentSchema: "app", parentTable: "accounts", enabled: false },
        ]),
        definerFunctions: collected([]),
        protectedViews: collected([
          {
            ...{ schema: "app", view: "summary", owner: "app_owner", materialized: false, invoker: false },
            ...{ tableSchema: "app", table: "accounts", depth: 1, readsAs: ["app_owner"] },
          },
        ]),
        publications: collected([
          { name: "out", owner: "db_owner", allTables: false, tables: ["app.accounts"], schemas: [] },
        ]),
      }),
    ],
  );
}

function answerOf(given: Posture, to: string) {
  const input = accessInput(given);
  if ("unavailable" in input) throw new Error(input.unavailable.detail);
  const target = accessTarget(input, to);
  if ("fault" in target) throw new Error(target.fault);
  return accessAnswer(input, target);
}

function stored(given: Posture): Posture {
  return storedPosture(snapshotOf(given), { server: given.server, takenAt, startDatabase: "shop" });
}

describe("storedPosture", () => {
  it.each(["azure_pg_admin", "ops", "BYPASSRLS", "app.accounts", "app.accounts_2026", "app.summary"])(
    "answers who reaches %s as the posture did that the snapshot was made from",
    (to) => {
      const live = answerOf(seen(), to);
      const kept = answerOf(stored(seen()), to);

      expect({ ...kept, missing: [] }).toEqual({ ...live, missing: [] });
      expect(live.principals).not.toEqual([]);
    },
  );

  it("says that bodies of functions are not kept", () => {
    const { missing } = answerOf(stored(seen()), "app.accounts");

    expect(missing).toMatchObject([{ database: "shop", section: "definerFunctions", reason: "absent" }]);
  });

  it("keeps a section that could not be read unavailable", () => {
    const input = accessInput(stored(posture({ roles: collected([role("app_rw")]) })));

    expect(input).toMatchObject({ unavailable: { section: "memberships" } });
  });
});
