import { describe, expect, it } from "@jest/globals";
import { ConfigError } from "../../shared/config/configError.ts";
import { loadConfig } from "../../shared/config/loadConfig.ts";

const scope = "scope: { subscriptions: [11111111-2222-3333-4444-555555555555] }";

/** As `line: message`. */
function faultsOf(text: string): readonly string[] {
  try {
    loadConfig(text, "pgwarden.yaml");
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map(({ line, message }) => `${line}: ${message}`);
  }
}

describe("canaries", () => {
  it("are taken with all that they leave out filled in", () => {
    const config = loadConfig(
      `${scope}
policy:
  rowSecurity:
    canaries:
      - { name: bare, database: shop, table: app.accounts, role: app_rw }
      - name: whole
        server: Orders
        database: shop
        table: my app.odd.table
        role: app_rw
        where: { tenant: canary, "the id": "9" }
        settings: { app.tenant: mine }
        witness: { role: tenant_nine, settings: { app.tenant: canary } }
`,
      "pgwarden.yaml",
    );

    const place = { database: "shop", role: "app_rw" };
    expect(config.policy.rowSecurity.canaries).toEqual([
      { name: "bare", ...place, table: "app.accounts", where: {}, settings: {}, witness: null },
      {
        ...{ name: "whole", server: "orders", ...place, table: "my app.odd.table" },
        where: { tenant: "canary", "the id": "9" },
        settings: { "app.tenant": "mine" },
        witness: { role: "tenant_nine", settings: { "app.tenant": "canary" } },
      },
    ]);
  });

  it.each([
    [
      "a canary without its place, with a role that is none and a setting that is not its own",
      `${scope}\npolicy: { rowSecurity: { canaries: [{ name: a, table: accounts, role: none, settings: { role: x } }] } }`,
      [
        "2: policy.rowSecurity.canaries[0].database is missing.",
        '2: policy.rowSecurity.canaries[0].table is "accounts"; allowed: a table as schema.table.',
        '2: policy.rowSecurity.canaries[0].role is "none"; allowed: the name of a role.',
        '2: policy.rowSecurity.canaries[0].settings.role is "x"; allowed: a key such as app.tenant, the name of a custom setting.',
      ],
    ],
    [
      "a canary with a condition in SQL, a number for a text and an unknown key",
      `${scope}
policy:
  rowSecurity:
    canaries:
      - { name: a, database: d, table: s.t, role: r, where: "tenant = 'x'" }
      - { name: b, database: d, table: s.t, role: r, where: { id: 9 }, sql: select }`,
      [
        "5: policy.rowSecurity.canaries[0].where is text of 12 characters; allowed: a mapping of column names to texts, in quotes.",
        "6: policy.rowSecurity.canaries[1].sql is unknown; policy.rowSecurity.canaries[1] takes name, server, database, table, role, where, settings, witness.",
        '6: policy.rowSecurity.canaries[1].where.id is 9; allowed: a text, in quotes. Put it in quotes: "9".',
      ],
    ],
    [
      "two canaries of one name",
      `${scope}
policy:
  rowSecurity:
    canaries: [{ name: a, database: d, table: s.t, role: r }, { name: a, database: d, table: s.u, role: r }]`,
      ["4: policy.rowSecurity.canaries needs a list of canaries with different names."],
    ],
    [
      "no day at all for unused logins",
      `${scope}\npolicy: { roles: { unusedDays: 0 } }`,
      ["2: policy.roles.unusedDays is 0; allowed: a whole number from 1 to 730."],
    ],
  ])("refuse %s", (_what, text, faults) => {
    expect(faultsOf(text)).toEqual(faults);
  });
});
