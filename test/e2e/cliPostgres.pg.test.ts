import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import * as v from "valibot";
import { makeCertificates } from "../../shared/local/certificates.ts";
import type { PostgresServer } from "../../shared/local/postgresServer.ts";
import { Report } from "../../shared/publish/reportSchema.ts";
import { describePostgres } from "../describePostgres.ts";
import { pgwarden } from "./pgwardenProcess.ts";

const limitMs = 60_000;
const host = "shop.postgres.database.azure.com";
const auditor = "auditor of 'all'";
const password = "correct horse battery";

let directory = "";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "pgwarden-cli-"));
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** A login that may only read, and something to find in a database of its own. */
async function seed(server: PostgresServer): Promise<void> {
  await server.asSuperuser(async (client) => {
    await client.query(`create role "${auditor}" login connection limit 5 password '${password}'`);
    await client.query(`grant pg_read_all_settings, pg_read_all_stats to "${auditor}"`);
    await client.query("create role intruder login createrole");
    await client.query("create role app_owner");
    await client.query("create database shop owner app_owner");
  });
  await server.asSuperuser(async (client) => {
    await client.query("set role app_owner; create schema app; set search_path = app");
    await client.query("create table accounts (tenant text)");
    await client.query("grant select on accounts to public");
  }, "shop");
}

describe("pgwarden scan --postgres", () => {
  describePostgres([13, 18], (major, getServer) => {
    let connection = "";
    beforeAll(async () => {
      const server = getServer();
      await seed(server);
      const root = join(directory, `root-${major}.pem`);
      await writeFile(root, server.ca);
      connection = `host=${host} hostaddr=127.0.0.1 port=${server.port} user='${auditor.replaceAll("'", "\\'")}' sslrootcert=${root}`;
    }, limitMs);

    it(
      "judges every database by its catalogs alone, with neither Azure nor a configuration",
      async () => {
        const args = ["scan", "--postgres", connection, "--format", "json", "--fail-on", "high"];
        const { code, stdout, stderr } = await pgwarden(args, { PGPASSWORD: password });

        expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
        const report = v.parse(Report, JSON.parse(stdout));
        const [server] = report.servers;
        expect(server).toMatchObject({ name: host, status: "succeeded", gaps: [], armReads: 0 });
        const verdicts = (server?.findings ?? [])
          .filter(({ subject }) => /intruder|accounts/.test(subject))
          .map(({ control, subject, outcome }) => `${control} ${subject} ${outcome}`);
        expect(verdicts).toContain("priv-public-relations table/shop/app/accounts fail");
        expect(verdicts).toContain("auth-login-has-credential role/intruder fail");
        // Only ARM knows whether this is the server's administrator.
        expect(verdicts).toContain("role-createrole role/intruder unknown");
        const chapters = new Set((server?.findings ?? []).map(({ control }) => control.split("-")[0]));
        expect(chapters.has("net")).toBe(false);
        expect([...chapters]).toEqual(expect.arrayContaining(["role", "priv", "rls", "fn", "repl"]));
      },
      limitMs,
    );

    it(
      "prints a table, and takes a policy and waivers from PGWARDEN_CONFIG",
      async () => {
        const file = join(directory, `policy-${major}.yaml`);
        await writeFile(
          file,
          `scope: { subscriptions: [11111111-2222-3333-4444-555555555555] }
policy: { roles: { guessableNames: [intruder] } }
`,
        );
        const variables = { PGPASSWORD: password, PGWARDEN_CONFIG: file };

        const { code, stdout } = await pgwarden(["scan", "--postgres", connection, "--all"], variables);

        expect(code).toBe(0);
        expect(stdout).toContain("priv-public-relations");
        expect(stdout).toMatch(/role-guessable-name +Login role intruder/);
        expect(stdout).not.toContain("Login role pgadmin has a name");
        expect(stdout).toMatch(/\d+ failed, \d+ passed, .* catalog controls\./);
      },
      limitMs,
    );

    it(
      "takes a server by its address, where the certificate is made out to that",
      async () => {
        const byAddress = connection.replace(`host=${host} hostaddr=127.0.0.1`, "host=127.0.0.1");

        const { code, stderr } = await pgwarden(["scan", "--postgres", byAddress], { PGPASSWORD: password });

        expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      },
      limitMs,
    );

    it(
      "exits 3 and says why when it cannot log in, without the password",
      async () => {
        const { code, stderr } = await pgwarden(["scan", "--postgres", connection], { PGPASSWORD: "hunter2hunter2" });

        expect(code).toBe(3);
        expect(stderr).toContain("not read (denied)");
        expect(stderr).not.toContain("hunter2hunter2");
      },
      limitMs,
    );

    it(
      "sends nothing to a server whose certificate another authority signed, or that has another name",
      async () => {
        const other = join(directory, `other-${major}.pem`);
        await writeFile(other, (await makeCertificates([host])).ca);
        const strange = connection.replace(/sslrootcert=.*/, `sslrootcert=${other}`);
        const misnamed = connection.replace(`host=${host}`, "host=shop.example.com");
        const otherAddress = connection.replace(`host=${host}`, "host=10.9.9.9");

        for (const wrong of [strange, misnamed, otherAddress]) {
          const { code, stderr } = await pgwarden(["scan", "--postgres", wrong], { PGPASSWORD: password });
          expect(code).toBe(3);
          expect(stderr).toContain("certificate");
        }
      },
      limitMs,
    );
  });

  it.each([
    ["a string that is none", ["--postgres", "shop"], "It is neither a postgresql:// address"],
    [
      "TLS switched off",
      ["--postgres", "postgres://a@h/d?sslmode=disable"],
      'sslmode is "disable"; allowed: verify-full',
    ],
    ["a server beside it", ["--postgres", "postgres://a@h/d", "--server", "x"], "cannot be used with option"],
  ])(
    "exits 2 for %s",
    async (_name, args, message) => {
      const { code, stdout, stderr } = await pgwarden(["scan", ...args], { PGPASSWORD: password });

      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain(message);
    },
    limitMs,
  );
});
