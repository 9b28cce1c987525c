import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { durationMs } from "../../shared/config/allowedValues.ts";
import { ConfigError } from "../../shared/config/configError.ts";
import { credentialOf } from "../../shared/config/credentialOf.ts";
import { loadConfig } from "../../shared/config/loadConfig.ts";
import type { Credential } from "../../shared/model/credential.ts";
import { subscriptionId } from "../builders.ts";

const dayMs = 86_400_000;
const vault = "https://contoso.vault.azure.net";

/** Keys as they stand in the file; a test overrides its point. */
const pair = {
  name: "orders-app",
  server: "orders",
  roles: ["app_a", "app_b"],
  owner: "app",
  secret: { vault, name: "orders-app" },
};
const single = {
  name: "report",
  server: "orders",
  strategy: "single",
  roles: ["report"],
  secret: { vault, name: "r" },
};
const admin = { name: "orders-admin", server: "orders", strategy: "admin", secret: { vault, name: "orders-admin" } };

function text(credentials: readonly object[], rest = ""): string {
  // JSON is YAML.
  return `scope: { subscriptions: [${subscriptionId}] }\ncredentials: ${JSON.stringify(credentials)}\n${rest}`;
}

function load(credentials: readonly object[], rest = "rotation: { jitter: 0m }"): readonly Credential[] {
  return loadConfig(text(credentials, rest), "pgwarden.yaml").credentials;
}

function faultsOf(credentials: readonly object[], rest = ""): readonly string[] {
  try {
    load(credentials, rest);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map(({ message }) => message);
  }
}

describe("credentials", () => {
  it("are complete with name, server, roles and secret", () => {
    expect(load([pair])).toEqual([
      {
        name: "orders-app",
        server: "orders",
        strategy: "alternating",
        roles: ["app_a", "app_b"],
        owner: "app",
        database: "postgres",
        published: { vault, name: "orders-app" },
        pending: { vault, name: "orders-app--next" },
        format: "json",
        consumers: "reread",
        maxAgeMs: 90 * dayMs,
        overlapMs: 2 * dayMs,
        window: null,
        passwordLength: 40,
        outOfBand: "alert",
        validForMs: null,
        enabled: true,
      },
    ]);
  });

  it("give a single role no overlap, and the administrator a month", () => {
    const [one, other] = load([single, admin]);

    expect(one).toMatchObject({ strategy: "single", owner: null, overlapMs: 0, maxAgeMs: 90 * dayMs });
    expect(other).toMatchObject({ strategy: "admin", roles: [], overlapMs: 0, maxAgeMs: 30 * dayMs });
  });

  it("take every key", () => {
    const [credential] = load([
      {
        ...pair,
        server: "Orders",
        strategy: "alternating",
        database: "shop",
        secret: { vault: "https://Contoso.vault.azure.net/", name: "Orders-App" },
        pending: { vault: "https://other.vault.azure.net", name: "p" },
        format: "uri",
        consumers: "reference",
        maxAge: "30d",
        overlap: "36h",
        window: { opens: "0 0 2 * * *", lasts: "90m" },
        passwordLength: 64,
        outOfBand: "rotate",
        validFor: "60d",
        enabled: false,
      },
    ]);

    expect(credential).toEqual({
      name: "orders-app",
      server: "orders",
      strategy: "alternating",
      roles: ["app_a", "app_b"],
      owner: "app",
      database: "shop",
      published: { vault, name: "Orders-App" },
      pending: { vault: "https://other.vault.azure.net", name: "p" },
      format: "uri",
      consumers: "reference",
      maxAgeMs: 30 * dayMs,
      overlapMs: 1.5 * dayMs,
      window: { opens: "0 0 2 * * *", durationMs: 90 * 60_000 },
      passwordLength: 64,
      outOfBand: "rotate",
      validForMs: 60 * dayMs,
      enabled: false,
    });
  });

  it.each([
    [
      "one role for a pair",
      [{ ...pair, roles: ["app_a"] }],
      ["credentials[0].roles needs a list of the two roles of the pair."],
    ],
    [
      "a pair of one role twice",
      [{ ...pair, roles: ["app_a", "app_a"] }],
      ["credentials[0].roles needs a list of the two roles of the pair."],
    ],
    [
      "a pair without its owner",
      [{ ...pair, owner: undefined }],
      ["credentials[0].owner needs the NOLOGIN role that the pair are members of."],
    ],
    [
      "an owner that logs in",
      [{ ...pair, owner: "app_a" }],
      ['credentials[0].owner is "app_a"; allowed: another role than those that log in.'],
    ],
    [
      "an owner of a single role",
      [{ ...single, owner: "app" }],
      ['credentials[0].owner is "app"; allowed: no owner, which only an alternating pair has.'],
    ],
    [
      "a role for the administrator",
      [{ ...admin, roles: ["pgadmin"] }],
      ["credentials[0].roles needs an empty list, for Azure names the administrator."],
    ],
    [
      "a role name of 64 bytes",
      [{ ...single, roles: ["ä".repeat(32)] }],
      ["credentials[0].roles[0] is text of 32 characters; allowed: the name of a role (1 to 63 bytes)."],
    ],
    [
      "a bare password of a pair, whose user changes too",
      [{ ...pair, format: "password" }],
      ['credentials[0].format is "password"; allowed: json or uri, for the user changes too.'],
    ],
    [
      "a secret whose pending name would be too long",
      [{ ...pair, secret: { vault, name: "n".repeat(122) } }],
      [
        "credentials[0].secret.name is text of 122 characters; allowed: a name of at most 121 characters, or a pending secret of another name.",
      ],
    ],
    [
      "a pending secret that is the published one in another case",
      [{ ...pair, pending: { name: "ORDERS-app" } }],
      ['credentials[0].pending.name is "ORDERS-app"; allowed: another secret than the published one.'],
    ],
    [
      "a vault that is no address of one",
      [{ ...pair, secret: { vault: "https://contoso.vault.azure.net/secrets/x", name: "x" } }],
      [
        'credentials[0].secret.vault is "https://contoso.vault.azure.net/secrets/x"; allowed: the https address of a vault, such as https://contoso.vault.azure.net.',
      ],
    ],
    [
      "an overlap as long as the password lives",
      [{ ...pair, maxAge: "48h" }],
      ['credentials[0].overlap is "48h"; allowed: less than maxAge.'],
    ],
    [
      "an overlap that a reference may outlive",
      [{ ...pair, consumers: "reference", overlap: "24h" }],
      ['credentials[0].overlap is "24h"; allowed: more than 24h, which a reference may be old.'],
    ],
    [
      "an overlap of a single role",
      [{ ...single, overlap: "48h" }],
      ['credentials[0].overlap is "48h"; allowed: no overlap, which only an alternating pair has.'],
    ],
    [
      "a role that ends before its next rotation",
      [{ ...single, validFor: "90d" }],
      ['credentials[0].validFor is "90d"; allowed: more than maxAge.'],
    ],
    [
      "a pair that ends within its overlap",
      [{ ...pair, validFor: "92d" }],
      ['credentials[0].validFor is "92d"; allowed: more than maxAge and overlap together.'],
    ],
    [
      "an end for the administrator",
      [{ ...admin, validFor: "90d" }],
      ['credentials[0].validFor is "90d"; allowed: no validFor, which Azure does not set for an administrator.'],
    ],
    [
      "fewer characters than a password has here",
      [{ ...pair, passwordLength: 39 }],
      ["credentials[0].passwordLength is 39; allowed: a whole number from 40 to 128."],
    ],
    [
      "a name twice",
      [single, { ...single, roles: ["other"], secret: { vault, name: "s" } }],
      ['credentials[1].name is "report"; allowed: a name that no other credential has.'],
    ],
    [
      "24. one secret of two credentials, in any case",
      [single, { ...admin, secret: { vault: `${vault.toUpperCase().replace("HTTPS", "https")}/`, name: "R" } }],
      [
        'credentials[1].secret.name is "R"; allowed: another secret than those of credential report.',
        'credentials[1].pending.name is "R--next"; allowed: another secret than those of credential report.',
      ],
    ],
    [
      "a secret that is the pending one of another",
      [single, { ...admin, secret: { vault, name: "r--NEXT" } }],
      ['credentials[1].secret.name is "r--NEXT"; allowed: another secret than those of credential report.'],
    ],
    [
      "one role of a server in two credentials",
      [pair, { ...single, server: "ORDERS", roles: ["app_b"] }],
      ['credentials[1].roles[0] is "app_b"; allowed: another role than those of credential orders-app.'],
    ],
    [
      "two administrators of one server",
      [admin, { ...admin, name: "again", secret: { vault, name: "again" } }],
      ['credentials[1].strategy is "admin"; allowed: one admin credential for a server.'],
    ],
    [
      "the role that pgwarden rotates as",
      [{ ...single, roles: ["pgwarden-rotator"] }],
      ['credentials[0].roles[0] is "pgwarden-rotator"; allowed: a role that pgwarden itself does not log in as.'],
    ],
    [
      "the role that pgwarden scans as",
      [{ ...pair, roles: ["app_a", "pgwarden-scanner"] }],
      ['credentials[0].roles[1] is "pgwarden-scanner"; allowed: a role that pgwarden itself does not log in as.'],
    ],
  ])("refuse %s", (_, credentials, expected) => {
    expect(faultsOf(credentials)).toEqual(expected);
  });

  it("may have one role name on two servers", () => {
    expect(faultsOf([single, { ...single, name: "other", server: "ledger", secret: { vault, name: "s" } }])).toEqual(
      [],
    );
  });

  it("report the faults of keys and those between keys at once", () => {
    const broken = {
      ...pair,
      name: "Orders_App",
      owner: undefined,
      maxAge: "3 months",
      secret: { vault, name: "a_b" },
    };

    expect(faultsOf([broken, { ...single, overlap: "1h" }])).toEqual([
      'credentials[0].name is "Orders_App"; allowed: 1 to 63 lower-case letters, digits and hyphens.',
      'credentials[0].secret.name is "a_b"; allowed: the name of a secret (1 to 127 letters, digits and hyphens).',
      'credentials[0].maxAge is "3 months"; allowed: a duration from 1h to 365d, such as 15m, 48h or 30d.',
      "credentials[0].owner needs the NOLOGIN role that the pair are members of.",
      'credentials[1].overlap is "1h"; allowed: no overlap, which only an alternating pair has.',
    ]);
  });

  it.each(["30", "30D", "1w", "1.5d", "-1d", " 30d", "P30D", "1d12h", "366d", "59m", "999999d"])(
    "take no maxAge of %j",
    (maxAge) => {
      expect(faultsOf([{ ...single, maxAge }])).toHaveLength(1);
    },
  );

  it("never show a secret that was pasted into the file", () => {
    const pasted = { ...single, secret: { vault: "https://u:hunter2@x", name: "r" }, password: "hunter2" };

    expect(faultsOf([pasted]).join("\n")).not.toContain("hunter2");
  });
});

describe("the jitter", () => {
  const entry = { ...pair, strategy: "alternating", pending: {}, database: "postgres", format: "json" } as const;
  const rest = { consumers: "reread", passwordLength: 40, outOfBand: "alert", enabled: true } as const;

  it("is the same for a name at any time, and differs between names", () => {
    const ages = ["a", "b", "c", "a"].map((name) => credentialOf({ ...entry, ...rest, name }, dayMs).maxAgeMs);

    expect(ages[3]).toBe(ages[0]);
    expect(new Set(ages).size).toBe(3);
  });

  it("never lets a password grow older than asked, nor a pair rotate within its overlap", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        fc.integer({ min: 2, max: 365 }),
        fc.integer({ min: 0, max: 720 }),
        (name, days, jitterHours) => {
          const overlap = `${(days - 1) * 24}h`;
          const { maxAgeMs, overlapMs } = credentialOf(
            { ...entry, ...rest, name, maxAge: `${days}d`, overlap },
            jitterHours * 3_600_000,
          );
          expect(maxAgeMs).toBeLessThanOrEqual(days * dayMs);
          expect(maxAgeMs).toBeGreaterThanOrEqual(days * dayMs * 0.9);
          expect(maxAgeMs).toBeGreaterThan(overlapMs);
        },
      ),
    );
  });
});

describe("durationMs", () => {
  it.each([
    ["15m", 900_000],
    ["48h", 172_800_000],
    ["30d", 2_592_000_000],
    ["0m", 0],
    ["soon", NaN],
    ["constructor", NaN],
  ])("reads %s", (value, expected) => {
    expect(durationMs(value)).toBe(expected);
  });
});
