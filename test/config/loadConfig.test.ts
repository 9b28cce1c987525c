import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { ConfigError } from "../../shared/config/configError.ts";
import { guessableNames } from "../../shared/config/guessableNames.ts";
import { loadConfig, readConfigFile } from "../../shared/config/loadConfig.ts";
import { policy, subscriptionId } from "../builders.ts";

const scope = `scope: { subscriptions: [${subscriptionId}] }`;

/** The faults of a text, one line each, or nothing. */
function faultsOf(text: string): readonly string[] {
  try {
    loadConfig(text, "pgwarden.yaml");
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map(({ line, message }) => (line === null ? message : `${line}: ${message}`));
  }
}

describe("loadConfig", () => {
  it("fills in every default", () => {
    const config = loadConfig(scope, "pgwarden.yaml");

    expect(config).toEqual({
      scope: {
        subscriptions: [subscriptionId],
        managementGroups: [],
        discovery: "resourceGraph",
        exclude: { names: [], tags: {} },
      },
      databases: { exclude: ["azure_sys", "azure_maintenance"] },
      postgres: { role: "pgwarden-scanner", database: "postgres", rotatorRole: "pgwarden-rotator" },
      policy: policy({ roles: { guessableNames } }),
      waivers: [],
      credentials: [],
      rotation: { maxPerRun: 100 },
      schedule: { scan: "0 0 */6 * * *", rotate: "0 10 * * * *", recover: "0 */5 * * * *" },
      publish: { logAnalytics: null, audit: { container: "audit" }, state: { container: "state" } },
    });
  });

  it("hands out defaults that no other caller shares", () => {
    const first = loadConfig(scope, "a.yaml");
    const second = loadConfig(scope, "b.yaml");

    expect(first.databases.exclude).not.toBe(second.databases.exclude);
    expect(first.policy.roles.guessableNames).not.toBe(second.policy.roles.guessableNames);
  });

  it("takes a complete file", () => {
    const config = loadConfig(
      `
scope:
  subscriptions: [${subscriptionId.toUpperCase()}]
  exclude: { names: [Scratch], tags: { pgwarden: off } }
databases: { exclude: ["größe", azure_sys] }
postgres: { role: pgwarden, database: postgres }
policy:
  tls: { minimum: TLSv1.3, trustedRoots: ["${"AB:".repeat(31)}AB"] }
  firewall: { approved: [{ name: office, range: 203.0.113.0/28 }], maxAddressesPerRule: 16 }
  network: { approvedSources: [10.1.0.0/24, VirtualNetwork] }
  entra: { tenantId: ${subscriptionId}, only: true }
  roles: { approvedAdminOption: [team/ann, a%2Fb/c], administratorNetworks: [10.0.0.0/8, "2001:db8::/32"] }
waivers:
  - control: net-fw-range-size
    subject: firewallRule/office
    server: Orders
    reason: The office moves in spring.
    owner: platform
    expires: 2027-02-28
schedule: { scan: 30 2 * * * }
publish:
  logAnalytics: { endpoint: "https://pgw-x1.westeurope-1.ingest.monitor.azure.com/", ruleId: dcr-${"0".repeat(32)} }
  audit: { container: pgwarden-audit }
`,
      "pgwarden.yaml",
    );

    expect(config.scope).toMatchObject({
      subscriptions: [subscriptionId],
      exclude: { names: ["scratch"], tags: { pgwarden: "off" } },
    });
    expect(config.databases.exclude).toEqual(["größe", "azure_sys"]);
    expect(config.policy.tls).toEqual({ minimum: "TLSv1.3", certificateDaysLeft: 14, trustedRoots: ["ab".repeat(32)] });
    expect(config.policy.firewall).toMatchObject({ maxAddressesPerRule: 16, maxAddresses: 1024 });
    expect(config.waivers).toEqual([
      {
        control: "net-fw-range-size",
        subject: "firewallRule/office",
        server: "orders",
        reason: "The office moves in spring.",
        owner: "platform",
        expires: "2027-02-28",
      },
    ]);
    expect(config.publish).toEqual({
      logAnalytics: {
        endpoint: "https://pgw-x1.westeurope-1.ingest.monitor.azure.com",
        ruleId: `dcr-${"0".repeat(32)}`,
      },
      audit: { container: "pgwarden-audit" },
      state: { container: "state" },
    });
  });

  it("takes what the policy approves inside databases", () => {
    const config = loadConfig(
      `${scope}
policy:
  roles: { applicationRoles: [app_rw], ownerSplit: true }
  privileges:
    roleProfiles: [{ role: app_rw, profile: rw }]
    approvedParameterGrants: [log_statement/dba]
    sensitiveColumns: ["^(ssn|iban)$"]
  rowSecurity: { requiredTables: [app.*, "*.accounts"], denyAllTables: [shop/app.vault], publicPolicies: [shop/app.t/p] }
  code: { approvedExtensions: [] }
  replication: { logicalApproved: true, maxRetainedMegabytes: 1 }
`,
      "pgwarden.yaml",
    );

    const defaults = policy({ roles: { guessableNames } });
    expect(config.policy).toEqual({
      ...defaults,
      roles: { ...defaults.roles, applicationRoles: ["app_rw"], ownerSplit: true },
      privileges: {
        ...defaults.privileges,
        roleProfiles: [{ role: "app_rw", profile: "rw" }],
        approvedParameterGrants: ["log_statement/dba"],
        sensitiveColumns: ["^(ssn|iban)$"],
      },
      rowSecurity: {
        ...defaults.rowSecurity,
        requiredTables: ["app.*", "*.accounts"],
        denyAllTables: ["shop/app.vault"],
        publicPolicies: ["shop/app.t/p"],
      },
      code: { ...defaults.code, approvedExtensions: [] },
      replication: { ...defaults.replication, logicalApproved: true, maxRetainedMegabytes: 1 },
    });
  });

  it("leaves the server of a waiver out when none is given", () => {
    const config = loadConfig(
      `${scope}\nwaivers: [{ control: a-b, subject: server, reason: r, owner: o, expires: 2027-01-01 }]`,
      "pgwarden.yaml",
    );

    expect(Object.keys(config.waivers[0] ?? {})).not.toContain("server");
  });

  it("reports every fault at once, in the order of the file", () => {
    const faults = faultsOf(`
scope:
  subscriptions: [not-a-uuid]
policy:
  tls:
    minimum: TLSv1.1
  fierwall: {}
  wall: {}
waivers:
  - { control: a-b, subject: server, expires: 2026-02-30 }
`);

    expect(faults).toEqual([
      '3: scope.subscriptions[0] is "not-a-uuid"; allowed: a subscription id (a UUID).',
      '6: policy.tls.minimum is "TLSv1.1"; allowed: TLSv1.2 or TLSv1.3.',
      "7: policy.fierwall is unknown; policy takes tls, firewall, network, entra, authentication, roles, privileges, rowSecurity, code, replication, rotation.",
      "8: policy.wall is unknown; policy takes tls, firewall, network, entra, authentication, roles, privileges, rowSecurity, code, replication, rotation.",
      "10: waivers[0].reason is missing.",
      "10: waivers[0].owner is missing.",
      '10: waivers[0].expires is "2026-02-30"; allowed: a day such as 2027-01-31.',
    ]);
  });

  it("says in one message which file, how many faults and where", () => {
    function load(): void {
      loadConfig("scope: {}\nx: 1", "conf/pgwarden.yaml");
    }

    expect(load).toThrow(
      [
        "conf/pgwarden.yaml has 2 faults:",
        "- line 1: scope needs at least one subscription or management group.",
        "- line 2: x is unknown; the top level takes scope, databases, postgres, policy, waivers, credentials, rotation, schedule, publish.",
      ].join("\n"),
    );
  });

  it.each([
    ["an empty file", "", ["scope is missing."]],
    ["a comment only", "# nothing yet\n", ["scope is missing."]],
    [
      "a list",
      "- 1",
      [
        "The file is a list; allowed: a mapping with the keys scope, databases, postgres, policy, waivers, credentials, rotation, schedule, publish.",
        "scope is missing.",
      ],
    ],
    [
      "a text",
      "hello",
      [
        'The file is "hello"; allowed: a mapping with the keys scope, databases, postgres, policy, waivers, credentials, rotation, schedule, publish.',
      ],
    ],
    [
      "a section without content",
      `${scope}\npolicy:\n`,
      [
        "2: policy is empty; allowed: a mapping with the keys tls, firewall, network, entra, authentication, roles, privileges, rowSecurity, code, replication, rotation.",
      ],
    ],
    [
      "a list in place of a mapping",
      `${scope}\npolicy: []`,
      [
        "2: policy is a list; allowed: a mapping with the keys tls, firewall, network, entra, authentication, roles, privileges, rowSecurity, code, replication, rotation.",
      ],
    ],
    ["a mapping in place of a list", `${scope}\nwaivers: {}`, ["2: waivers is a mapping; allowed: a list."]],
    [
      "a number that is text",
      `${scope}\npolicy: { firewall: { maxRules: "10" } }`,
      ['2: policy.firewall.maxRules is "10"; allowed: a whole number from 0 to 10000.'],
    ],
    [
      "a number out of bounds",
      `${scope}\npolicy: { authentication: { timeoutSeconds: 0 } }`,
      ["2: policy.authentication.timeoutSeconds is 0; allowed: a whole number from 1 to 600."],
    ],
    [
      "a fraction",
      `${scope}\npolicy: { firewall: { maxRules: 1.5 } }`,
      ["2: policy.firewall.maxRules is 1.5; allowed: a whole number from 0 to 10000."],
    ],
    [
      "a Boolean as the value of a tag",
      `scope: { subscriptions: [${subscriptionId}], exclude: { tags: { keep: true } } }`,
      ['1: scope.exclude.tags.keep is true; allowed: the value of a tag, in quotes. Put it in quotes: "true".'],
    ],
    [
      "names that every object inherits",
      `${scope}\npolicy: { constructor: 1, toString: 2 }`,
      [
        "2: policy.constructor is unknown; policy takes tls, firewall, network, entra, authentication, roles, privileges, rowSecurity, code, replication, rotation.",
        "2: policy.toString is unknown; policy takes tls, firewall, network, entra, authentication, roles, privileges, rowSecurity, code, replication, rotation.",
      ],
    ],
    [
      "a tag that a record would drop",
      `scope: { subscriptions: [${subscriptionId}], exclude: { tags: { __proto__: x } } }`,
      ["1: scope.exclude.tags.__proto__ is unknown; scope.exclude.tags takes every other name."],
    ],
    [
      "a subscription twice",
      `scope: { subscriptions: [${subscriptionId}, ${subscriptionId.toUpperCase()}] }`,
      ["1: scope.subscriptions needs a list without repetitions."],
    ],
    [
      "list discovery over management groups",
      `scope: { discovery: list, managementGroups: [root] }`,
      [
        '1: scope.discovery is "list"; allowed: resourceGraph, or list with named subscriptions and no management group.',
      ],
    ],
    [
      "one container for state and audit",
      `${scope}\npublish: { audit: { container: state } }`,
      ['2: publish.audit.container is "state"; allowed: another container than publish.state.container.'],
    ],
    [
      "a container name that Azure refuses",
      `${scope}\npublish: { state: { container: a--b } }`,
      [
        '2: publish.state.container is "a--b"; allowed: the name of a container (3 to 63 lower-case letters, digits and single hyphens).',
      ],
    ],
    [
      "a range with bits after its prefix",
      `${scope}\npolicy: { firewall: { approved: [{ name: x, range: 203.0.113.5/28 }] } }`,
      [
        '2: policy.firewall.approved[0].range is "203.0.113.5/28"; allowed: a range whose address has no bits after the prefix.',
      ],
    ],
    [
      "a range that is none",
      `${scope}\npolicy: { firewall: { approved: [{ name: x, range: 203.0.113.0/33 }] } }`,
      ['2: policy.firewall.approved[0].range is "203.0.113.0/33"; allowed: an IPv4 range such as 203.0.113.0/28.'],
    ],
    [
      "an IPv6 range where rules are IPv4",
      `${scope}\npolicy: { firewall: { approved: [{ name: x, range: "2001:db8::/32" }] } }`,
      ['2: policy.firewall.approved[0].range is "2001:db8::/32"; allowed: an IPv4 range such as 203.0.113.0/28.'],
    ],
    [
      "the whole Internet as an approved source",
      `${scope}\npolicy: { network: { approvedSources: [Internet] } }`,
      [
        '2: policy.network.approvedSources[0] is "Internet"; allowed: a range such as 10.1.0.0/24 or a service tag such as VirtualNetwork (not Internet).',
      ],
    ],
    [
      "a pair without a slash",
      `${scope}\npolicy: { roles: { approvedAdminOption: [ann] } }`,
      ['2: policy.roles.approvedAdminOption[0] is "ann"; allowed: a pair role/member.'],
    ],
    [
      "an http endpoint",
      `${scope}\npublish: { logAnalytics: { endpoint: "http://x", ruleId: dcr-${"0".repeat(32)} } }`,
      ['2: publish.logAnalytics.endpoint is "http://x"; allowed: an https address without query.'],
    ],
    [
      "a column pattern that is no regular expression",
      `${scope}\npolicy: { privileges: { sensitiveColumns: ["salary", "("] } }`,
      [
        "2: policy.privileges.sensitiveColumns[1] is text of 1 characters; allowed: a regular expression of at most 200 characters, made of ASCII letters, digits, _ - . and spaces, [a-z0-9], ( ) | ^ $ and * + ? {m,n}, a repetition never inside another one.",
      ],
    ],
    [
      "a profile that does not exist",
      `${scope}\npolicy: { privileges: { roleProfiles: [{ role: app, profile: rwx }] } }`,
      ['2: policy.privileges.roleProfiles[0].profile is "rwx"; allowed: ro or rw or owner.'],
    ],
    [
      "a table without its schema",
      `${scope}\npolicy: { rowSecurity: { requiredTables: [accounts] } }`,
      [
        '2: policy.rowSecurity.requiredTables[0] is "accounts"; allowed: a table as schema.table, with * for any characters.',
      ],
    ],
    [
      "a table without its database",
      `${scope}\npolicy: { rowSecurity: { denyAllTables: [app.accounts] } }`,
      ['2: policy.rowSecurity.denyAllTables[0] is "app.accounts"; allowed: a table as database/schema.table.'],
    ],
    [
      "a policy without its table",
      `${scope}\npolicy: { rowSecurity: { publicPolicies: [shop/app.accounts] } }`,
      [
        '2: policy.rowSecurity.publicPolicies[0] is "shop/app.accounts"; allowed: a policy as database/schema.table/policy.',
      ],
    ],
    [
      "no WAL at all for slots",
      `${scope}\npolicy: { replication: { maxRetainedMegabytes: 0 } }`,
      ["2: policy.replication.maxRetainedMegabytes is 0; allowed: a whole number from 1 to 1048576."],
    ],
  ])("refuses %s", (_, text, expected) => {
    expect(faultsOf(text)).toEqual(expected);
  });

  it.each(["0 0 */6 * * *", "*/15 * * * *", "0 30 2 1 Jan *", "0 0 0 * * Mon-Fri", "0 0 0,12 * * *"])(
    "takes the schedule %s",
    (text) => {
      expect(loadConfig(`${scope}\nschedule: { scan: "${text}" }`, "pgwarden.yaml").schedule.scan).toBe(text);
    },
  );

  it.each([
    "",
    "* * * *",
    "0 0 0 * * * 2027",
    "@daily",
    "0 61 * * * *",
    "0 0 0 30 2 *",
    "0 0 0 L * *",
    "0 0 0 * * 7",
    "0 0 0 ? * *",
    "0 0 0 * * 5L",
    " 0 0 * * *",
    "0  0 * * *",
    "01:00:00",
  ])("refuses the schedule %j", (text) => {
    expect(faultsOf(`${scope}\nschedule: { scan: ${JSON.stringify(text)} }`)).toHaveLength(1);
  });

  it.each([
    ["an open bracket", "scope: [1\n", "2: The indentation does not fit the lines above."],
    ["a tab", "scope:\n\tsubscriptions: []", "2: The line is indented with a tab; YAML allows spaces only."],
    ["a duplicate key", `${scope}\nwaivers: []\nwaivers: []`, "3: The key waivers stands twice in one mapping."],
    [
      "a duplicate key further in",
      `${scope}\npolicy:\n  tls: {}\n  tls: {}`,
      "4: The key tls stands twice in one mapping.",
    ],
    ["two documents", `${scope}\n---\n${scope}`, "2: The file holds more than one YAML document."],
    ["a tag", `${scope}\nx: !secret y`, "2: The tag here is unknown; the file needs none."],
    ["an unknown alias", "scope: *nowhere", "The file has too many aliases, or one that leads nowhere."],
  ])("refuses what is not YAML: %s", (_, text, start) => {
    const faults = faultsOf(text);

    expect(faults[0]).toEqual(expect.stringContaining(start));
  });

  it("gives line and column of what is not YAML", () => {
    function load(): void {
      loadConfig(`${scope}\nwaivers: []\nwaivers: []`, "pgwarden.yaml");
    }

    expect(load).toThrow("line 3, column 1: The key waivers stands twice");
  });

  it("stops an alias bomb", () => {
    const levels = Array.from({ length: 9 }, (_, level) => {
      const inner = level === 0 ? "x" : `*l${level - 1}`;
      return `l${level}: &l${level} [${Array.from({ length: 9 }, () => inner).join(", ")}]`;
    });

    expect(faultsOf(levels.join("\n"))).toEqual(["The file has too many aliases, or one that leads nowhere."]);
  });

  it.each([
    ["a value", `${scope}\nschedule: { scan: "hunter2+/=aGVsbG8=" }`],
    ["a key's value", `${scope}\npassword: hunter2`],
    [
      "an address with a signature",
      `${scope}\npublish: { logAnalytics: { endpoint: "https://u:hunter2@x/?sig=hunter2" } }`,
    ],
    ["a broken line", `${scope}\npassword: "hunter2\n`],
    ["a broken mapping", `password: hunter2: hunter2\n`],
    ["a tag's text", `${scope}\npassword: !x hunter2`],
  ])("keeps secrets out of its message: %s", (_, text) => {
    const faults = faultsOf(text);

    expect(faults).not.toEqual([]);
    expect(faults.join("\n")).not.toContain("hunter2");
  });
});

describe("readConfigFile", () => {
  const { signal } = new AbortController();
  let directory = "";

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "pgwarden-config-"));
  });

  afterAll(async () => {
    await rm(directory, { recursive: true });
  });

  it("reads a file", async () => {
    const path = join(directory, "good.yaml");
    await writeFile(path, `\uFEFF${scope}\n`);

    await expect(readConfigFile(path, signal)).resolves.toMatchObject({ scope: { subscriptions: [subscriptionId] } });
  });

  it("says so when there is no file", async () => {
    const path = join(directory, "missing.yaml");

    await expect(readConfigFile(path, signal)).rejects.toThrow(
      `${path} has 1 fault:\n- The file cannot be read (ENOENT); PGWARDEN_CONFIG names another place.`,
    );
  });

  it("refuses what is not UTF-8 or too long", async () => {
    const latin1 = join(directory, "latin1.yaml");
    await writeFile(latin1, Buffer.from([0x61, 0x3a, 0x20, 0xe9]));
    const long = join(directory, "long.yaml");
    await writeFile(long, "#".repeat(1_000_001));

    await expect(readConfigFile(latin1, signal)).rejects.toThrow("The file is not UTF-8 text.");
    await expect(readConfigFile(long, signal)).rejects.toThrow("The file has 1000001 bytes; allowed: 1000000.");
  });
});
