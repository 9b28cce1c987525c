import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { liftLedger, repeatLedger } from "../../shared/rotate/ledgerSql.ts";
import { describePostgres } from "../describePostgres.ts";

const script = readFileSync(join(__dirname, "../../infra/sql/rotator.sql"), "utf8");

describePostgres([13, 16, 18], (major, getServer) => {
  it("lets the rotator keep its ledger and set the passwords of the listed roles, and use none of them", async () => {
    await getServer().asSuperuser(async (client) => {
      await client.query(`create role "pgwarden-rotator" login; create role app_a login; create role app_b login;
                          create role payroll login`);
      await client.query(script);
      await client.query(script);
      await client.query('set session authorization "pgwarden-rotator"');

      const key = ["app", "1", "018f0000-0000-7000-8000-000000000001"];
      await client.query(liftLedger.sql, [...key, "app_a"]);
      await client.query(repeatLedger.sql, key);
      await expect(client.query("delete from pgwarden.ledger")).rejects.toMatchObject({ code: "42501" });
      await expect(client.query("create schema other")).rejects.toMatchObject({ code: "42501" });
      await client.query("alter role app_a password null");
      await client.query("alter role app_b password null");

      if (major >= 16) {
        await expect(client.query("alter role payroll password null")).rejects.toMatchObject({ code: "42501" });
      }
      await expect(client.query("set role app_a")).rejects.toMatchObject({ code: "42501" });
      await expect(client.query("alter role payroll superuser")).rejects.toMatchObject({ code: "42501" });
    });
  });
});
