import { beforeAll, expect, it } from "@jest/globals";
import { collected } from "../../../shared/collect/section.ts";
import { rlsCanary } from "../../../shared/controls/rls/rlsCanary.ts";
import { evaluatePosture } from "../../../shared/evaluate/evaluatePosture.ts";
import type { PostgresServer } from "../../../shared/local/postgresServer.ts";
import { policy, posture } from "../../builders.ts";
import { canary, canaryDatabase, look, makeCanaryWorld } from "../../collect/fixtures/canaryWorld.ts";
import { describePostgres } from "../../describePostgres.ts";
import { trust } from "../../postgres/localTarget.ts";
import { filled } from "../testPhases.ts";

/** Each phase is committed: another login looks at it. */
describePostgres("all", (_, getServer) => {
  beforeAll(async () => {
    trust(getServer().ca);
    await makeCanaryWorld(getServer());
  }, 60_000);

  it("rls-canary tells the violation from its look-alike, and its remediation helps", async () => {
    const server = getServer();
    const phases = {
      baseline: await outcomeAfter(server, ""),
      lookAlike: await outcomeAfter(
        server,
        `insert into app.accounts values (4, 'mine'), (5, 'canary-9 '), (6, 'CANARY-9'), (7, null);
         create policy narrow on app.accounts as restrictive using (id < 100); create role free bypassrls`,
      ),
      violation: await outcomeAfter(server, "alter table app.accounts disable row level security"),
      remediation: await outcomeAfter(server, filled(rlsCanary, { schema: "app", table: "accounts" })),
    };

    expect(phases).toEqual({ baseline: "pass", lookAlike: "pass", violation: "fail", remediation: "pass" });
  });

  it.each([
    [
      "a second permissive policy",
      "create policy open on app.accounts using (true)",
      "drop policy open on app.accounts",
    ],
    ["BYPASSRLS", "alter role app_rw bypassrls", "alter role app_rw nobypassrls"],
    [
      "a role that owns the table without FORCE",
      "alter table app.accounts no force row level security, owner to app_rw",
      "alter table app.accounts owner to current_user, force row level security; grant select on app.accounts to app_rw",
    ],
  ])("sees through %s, which lets the row out", async (_what, violation, cure) => {
    const server = getServer();

    expect([await outcomeAfter(server, violation), await outcomeAfter(server, cure)]).toEqual(["fail", "pass"]);
  });

  it("does not know when the row is gone, for the witness misses it too", async () => {
    const server = getServer();
    const gone = await outcomeAfter(server, "update app.accounts set tenant = 'moved' where id = 1");
    const back = await outcomeAfter(server, "update app.accounts set tenant = 'canary-9' where id = 1");

    expect([gone, back]).toEqual(["unknown", "pass"]);
  });
});

async function outcomeAfter(server: PostgresServer, sql: string): Promise<string | undefined> {
  await server.asSuperuser((client) => client.query(sql), canaryDatabase);
  const configured = canary();
  const canaries = collected(await look(server, configured));
  const findings = evaluatePosture(
    posture({ canaries }),
    [rlsCanary],
    policy({ rowSecurity: { canaries: [configured] } }),
    { firewallRules: {} },
  );
  expect(findings.map(({ subject }) => subject)).toEqual(["canary/nine"]);
  return findings[0]?.outcome;
}
