import { expect, it } from "@jest/globals";
import fc from "fast-check";
import type pg from "pg";
import { type How, type ReachTarget, reach } from "../../shared/access/membershipClosure.ts";
import { context } from "../../shared/collect/context.ts";
import { memberships } from "../../shared/collect/memberships.ts";
import { roles } from "../../shared/collect/roles.ts";
import { describePostgres } from "../describePostgres.ts";
import { type DrawnGraph, drawnGraph, graphSql } from "./drawnGraph.ts";
import { canGrantItself, type Oracle, oracleOf } from "./serverOracle.ts";

const RUNS = 20;

describePostgres("all", (major, getServer) => {
  /** What reach says of the server as it is in this transaction. */
  async function reachNow(client: pg.Client, target: ReachTarget): Promise<Readonly<Record<string, How>>> {
    const [version] = context.parse((await client.query<Record<string, unknown>>(context.sql(major))).rows);
    const edges = memberships.parse((await client.query<Record<string, unknown>>(memberships.sql(major))).rows);
    const known = roles.parse((await client.query<Record<string, unknown>>(roles.sql(major))).rows);
    if (version === undefined) throw new Error("The server gave no context.");
    return Object.fromEntries([...reach(target, edges, known, version)].map(([name, { how }]) => [name, how]));
  }

  async function inTransaction<T>(sql: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
    return getServer().asSuperuser(async (client) => {
      await client.query("begin");
      await client.query(sql);
      const result = await work(client);
      await client.query("rollback");
      return result;
    });
  }

  async function answersOf(graph: DrawnGraph): Promise<readonly (readonly [string, Record<string, How>, Oracle])[]> {
    return inTransaction(graphSql(graph, major), async (client) => {
      const oracle = await oracleOf(client, graph, major);
      const answers: (readonly [string, Record<string, How>, Oracle])[] = [];
      for (const { name } of graph.roles) {
        answers.push([name, { ...(await reachNow(client, { kind: "role", name })) }, oracle]);
      }
      return answers;
    });
  }

  it("says inherit and set as pg_has_role does, and admin as trying does", async () => {
    await fc.assert(
      fc.asyncProperty(drawnGraph, async (graph) => {
        for (const [target, found, oracle] of await answersOf(graph)) {
          for (const { name: member } of graph.roles.filter(({ name }) => name !== target)) {
            const at = `${member} to ${target}`;
            const how = found[member];
            expect([at, how === "inherit"]).toEqual([at, oracle.usage(member, target)]);
            expect([at, how === "inherit" || how === "set"]).toEqual([at, oracle.usageAfterSet(member, target)]);
            // A role cannot grant itself one of its own members; it could still grant that to anybody else.
            if (!oracle.metCircle(member)) expect([at, how !== undefined]).toEqual([at, oracle.ever(member, target)]);
            else if (oracle.ever(member, target)) expect([at, how]).not.toEqual([at, undefined]);
          }
        }
      }),
      { numRuns: RUNS, seed: 20261122 },
    );
  });

  it("passes attributes along SET ROLE only", async () => {
    const found = await inTransaction(
      "create role free bypassrls; create role team; create role ann; grant free to team; grant team to ann",
      (client) => reachNow(client, { kind: "attribute", name: "bypassRls" }),
    );

    expect(found).toMatchObject({ free: "inherit", team: "set", ann: "set" });
  });

  it("knows what CREATEROLE alone can do on this major", async () => {
    const [found, did] = await inTransaction("create role maker login createrole", async (client) => [
      await reachNow(client, { kind: "role", name: "azure_pg_admin" }),
      await canGrantItself(client, "maker", "azure_pg_admin", major),
    ]);

    expect([found["maker"], did]).toEqual(major >= 16 ? [undefined, false] : ["admin", true]);
  });

  if (major < 16) return;

  it("agrees on the vectors of the design, which need options of their own", async () => {
    const sql = `
      create role grp_set; create role grp_inh; create role free bypassrls;
      create role eve login; create role frank login; create role gina login; create role hank login;
      create role carol login;
      grant azure_pg_admin to grp_set with inherit true, set false;
      grant grp_set to eve with inherit false, set true;
      grant free to grp_inh with inherit false, set true;
      grant grp_inh to frank with inherit true, set false;
      grant azure_pg_admin to gina with admin true, inherit false, set false;
      grant azure_pg_admin to hank with inherit false, set false;
      grant free to carol`;
    const [administrators, free, gina, hank] = await inTransaction(sql, async (client) => [
      await reachNow(client, { kind: "role", name: "azure_pg_admin" }),
      await reachNow(client, { kind: "attribute", name: "bypassRls" }),
      await canGrantItself(client, "gina", "azure_pg_admin", major),
      await canGrantItself(client, "hank", "azure_pg_admin", major),
    ]);

    expect(administrators).toEqual({ pgadmin: "inherit", grp_set: "inherit", eve: "set", gina: "admin" });
    expect(free).toMatchObject({ grp_inh: "set", carol: "set" });
    expect(Object.keys(free)).not.toContain("frank");
    expect([gina, hank]).toEqual([true, false]);
  });

  it("joins what several grantors gave", async () => {
    const sql = `
      create role team; create role alice; create role carol;
      grant team to alice with admin true;
      grant team to carol with inherit false, set true;
      grant team to carol with inherit true, set false granted by alice`;
    const found = await inTransaction(sql, (client) => reachNow(client, { kind: "role", name: "team" }));

    expect(found).toEqual({ alice: "inherit", carol: "inherit" });
  });
});
