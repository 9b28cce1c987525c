import { expect, it } from "@jest/globals";
import pg from "pg";
import { context } from "../../../shared/collect/context.ts";
import { memberships } from "../../../shared/collect/memberships.ts";
import { roles } from "../../../shared/collect/roles.ts";
import { sessions } from "../../../shared/collect/sessions.ts";
import { roleAppUsesAdmin } from "../../../shared/controls/role/roleAppUsesAdmin.ts";
import { SecretValue } from "../../../shared/model/secretValue.ts";
import { policy } from "../../builders.ts";
import { describePostgres } from "../../describePostgres.ts";
import { failedSubjects, filled, judge } from "../testPhases.ts";

const collectors = [roles, memberships, context, sessions];
const approving = policy({ roles: { administratorApplications: ["psql"] } });
const password = new SecretValue("a password of a test");

describePostgres([13, 18], (_major, getServer) => {
  it("tells an application of the administrator from its look-alikes, and the remediation helps", async () => {
    const server = getServer();
    const open: pg.Client[] = [];
    async function connect(user: string, applicationName: string, secret = password): Promise<void> {
      const login = user === server.administrator.user ? server.administrator : { user, password: secret };
      const client = new pg.Client({ ...server.clientConfig(login), application_name: applicationName });
      client.on("error", () => undefined); // its session is ended from outside
      await client.connect();
      open.push(client);
    }

    const failed = await server.asSuperuser(async (client) => {
      async function failedNow(): Promise<readonly string[]> {
        return failedSubjects(await judge(client, server, roleAppUsesAdmin, collectors, approving));
      }
      await client.query(`set password_encryption = 'scram-sha-256'; create role team;
        create role app login password '${password.reveal()}'; create role ann login password '${password.reveal()}'`);

      await connect("app", "orders-api");
      const baseline = await failedNow();
      await connect("pgadmin", "psql");
      const lookAlike = await failedNow();
      await connect("pgadmin", "a/b 'c'");
      await connect("ann", "etl");
      await client.query("grant azure_pg_admin to team; grant team to ann");
      const violation = await failedNow();
      for (const [administrator, application] of [
        ["pgadmin", "a/b 'c'"],
        ["ann", "etl"],
      ] as const) {
        const role = { "application role": `new ${application}`, "role with the rights it needs": "pg_monitor" };
        await client.query(filled(roleAppUsesAdmin, { ...role, administrator, application }));
      }
      await untilGone(client, ["etl", "a/b 'c'"]);
      return { baseline, lookAlike, violation, remediation: await failedNow() };
    });
    for (const client of open) await client.end().catch(() => undefined);

    expect(failed).toEqual({
      baseline: [],
      lookAlike: [],
      violation: ["session/ann/etl", "session/pgadmin/a%2Fb 'c'"],
      remediation: [],
    });
  });
});

/** A terminated session leaves on its own time. */
async function untilGone(client: pg.Client, applications: readonly string[]): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const { rows } = await client.query<{ count: number }>(
      "select count(*)::int as count from pg_catalog.pg_stat_activity where application_name = any($1)",
      [applications],
    );
    if (rows[0]?.count === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
