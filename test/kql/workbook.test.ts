import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import * as v from "valibot";
import { collected, unavailable } from "../../shared/collect/section.ts";
import type { Sections } from "../../shared/model/section.ts";
import { catalogContext, membership, parameter, role, serverFacts, serverRef } from "../builders.ts";
import { finding } from "../publish/publishBuilders.ts";
import { ask, queryNames, twice } from "./queries.ts";
import { published, step, tick } from "./rotations.ts";
import { merged, runOf, scanned } from "./scans.ts";

const now = new Date("2026-11-22T12:00:00.000Z");
const first = "2026-11-10T06:00:00.000Z";
const before = "2026-11-22T05:40:00.000Z";
const last = "2026-11-22T11:40:00.000Z";
const billing = serverRef({ name: "billing" });
const { id: orders } = serverRef();

const wide = finding({ severity: "critical", subject: "firewallRule/all" });
const plain = finding({ controlId: "tls-required", title: "TLS is required", subject: "server" });
const logged = finding({ controlId: "log-connections", severity: "medium", subject: "server", outcome: "unknown" });
const ofBilling = { ...plain, fingerprint: "b".repeat(64) };

function sections(secure: string, ...members: readonly string[]): Partial<Sections> {
  return {
    server: collected([serverFacts()]),
    parameters: collected([parameter("require_secure_transport", secure, { dataType: "Boolean" })]),
    roles: collected([
      role("azure_pg_admin"),
      role("ann", { canLogIn: true, validUntil: "infinity" }),
      role("readers", { entra: { type: "group", objectId: "g-1", admin: false, mfa: false } }),
      role("nobody"),
    ]),
    memberships: collected(members.map((member) => membership("azure_pg_admin", member))),
    context: collected([catalogContext()]),
  };
}

/** Three scans of one server and one of another, with what was mended and what came in between. */
const fleet = merged([
  scanned(
    [
      { at: first, sections: sections("on", "ann"), findings: [wide, plain] },
      { at: before, sections: sections("on", "ann"), findings: [wide, { ...plain, outcome: "pass" }, logged] },
      { at: last, sections: sections("off", "ann", "readers", "nobody"), findings: [wide, logged] },
      {
        at: before,
        server: billing,
        sections: { ...sections("on"), memberships: unavailable("denied", "The login has no right.") },
        findings: [ofBilling],
      },
    ],
    sections("on", "ann"),
  ),
  runOf(before, { status: "partial", missing: ["billing"], coverageFindings: ["One.", "Two."] }),
  runOf(last),
]);

const credentials = merged([
  step("2026-11-20T11:00:00.000Z", "publish"),
  tick("2026-11-20T11:00:00.000Z", {
    state: "rotated",
    published: { ...published, createdAt: "2026-11-20T11:00:00.000Z" },
  }),
  tick(last, { nextDueAt: "2026-11-22T10:00:00.000Z", state: "refused", code: "OWNER_MISSING" }),
  tick("2026-11-22T11:41:00.000Z", { state: "busy", published: null, nextDueAt: null, logsIn: null }),
]);

function answer(name: string, server?: string): readonly object[] {
  const asked = server === undefined ? { now } : { now, server };
  const rows = merged([fleet, credentials]);
  const found = ask(`workbook/${name}`, rows, asked).rows;
  expect(ask(`workbook/${name}`, twice(rows), asked).rows).toEqual(found);
  return found;
}

describe("the queries of the workbook", () => {
  it("list every server by what is open, and tell what could not be read", () => {
    expect(answer("fleetOverview")).toMatchObject([
      {
        TargetResourceId: orders,
        ServerName: "orders",
        RequireSecureTransport: "off",
        LastRead: new Date(last),
        Critical: 1,
        High: 0,
        NotJudged: 1,
        Administrators: 2,
      },
      { ServerName: "billing", Critical: 0, High: 1, NotJudged: 0, Administrators: null },
    ]);
  });

  it("show the chosen server only", () => {
    expect(answer("fleetOverview", "billing")).toMatchObject([{ ServerName: "billing" }]);
    expect(answer("servers")).toEqual([{ ServerName: "billing" }, { ServerName: "orders" }]);
  });

  it("put the server with the gravest findings first", () => {
    expect(answer("worstServers")).toMatchObject([
      { ServerName: "orders", Critical: 1, High: 0, Weight: 100, OldestOpen: new Date(first) },
      { ServerName: "billing", Critical: 0, High: 1, Weight: 10, OldestOpen: new Date(before) },
    ]);
  });

  it("count open findings by control and age, without those that pass or are unknown", () => {
    expect(answer("openFindings")).toMatchObject([
      { RuleId: "net-fw-range-size", Severity: "critical", Findings: 1, UpToWeek: 0, UpToMonth: 1, Older: 0 },
      { RuleId: "tls-required", Severity: "high", Servers: 1, Findings: 1, UpToWeek: 1, UpToMonth: 0 },
    ]);
  });

  it("list what is open and what cannot be judged", () => {
    expect(answer("findingDetails", "orders")).toMatchObject([
      { RuleId: "net-fw-range-size", Outcome: "fail", ObjectName: "all" },
      { RuleId: "log-connections", Outcome: "unknown", ObjectName: "" },
    ]);
  });

  it("show when something changed, and not what only differs from the baseline", () => {
    const slot = new Date("2026-11-22T06:00:00.000Z");

    expect(answer("driftTimeline")).toEqual([{ CollectedAt: slot, Severity: "critical", Changes: 3 }]);
    expect(answer("driftDetails")).toMatchObject([
      { CollectedAt: new Date(last), ServerName: "orders", Severity: "critical" },
      { CollectedAt: new Date(last) },
      { CollectedAt: new Date(last) },
    ]);
  });

  it("show what differs from the baseline in the last scan of each server", () => {
    const found = answer("baselineDrift", "orders") as readonly { readonly Cause: string }[];

    expect(found.map(({ Cause }) => Cause)).toEqual([
      "membership/azure_pg_admin/nobody",
      "membership/azure_pg_admin/readers",
      "parameter/require_secure_transport",
    ]);
  });

  it("name who can become administrator: logins, and groups of Entra whose members log in", () => {
    expect(answer("administrators")).toMatchObject([
      {
        ServerName: "orders",
        RoleName: "ann",
        AdministratorReach: "inherit",
        AdministratorPath: "ann → azure_pg_admin",
      },
      { ServerName: "orders", RoleName: "readers", EntraType: "group" },
    ]);
  });

  it("show each credential as the last tick that learned something left it", () => {
    expect(answer("credentials")).toMatchObject([
      { Credential: "orders", State: "refused", Code: "OWNER_MISSING", AgeDays: 21, Overdue: true },
    ]);
  });

  it("show runs, newest first, and what they missed", () => {
    expect(answer("runHealth")).toMatchObject([
      { StartedAt: new Date(last), Status: "succeeded", Missing: 0, Seconds: 60 },
      { Status: "partial", ServersMissing: "billing", CoverageFindings: "One. Two." },
    ]);
  });

  it("list what could not be read, by section", () => {
    expect(answer("gaps")).toMatchObject([
      { ServerName: "billing", Section: "memberships", Reason: "denied", Detail: "The login has no right." },
    ]);
  });
});

const Item = v.looseObject({
  type: v.number(),
  name: v.string(),
  conditionalVisibility: v.optional(v.object({ parameterName: v.string(), value: v.string() })),
  content: v.looseObject({
    links: v.optional(v.array(v.looseObject({ subTarget: v.string(), cellValue: v.string() }))),
    parameters: v.optional(v.array(v.looseObject({ name: v.string() }))),
    timeContextFromParameter: v.optional(v.string()),
    query: v.optional(v.string()),
  }),
});
const Workbook = v.looseObject({ version: v.literal("Notebook/1.0"), items: v.array(Item) });

describe("infra/workbook/pgwarden.json", () => {
  const path = join(__dirname, "../../infra/workbook/pgwarden.json");
  const { items } = v.parse(Workbook, JSON.parse(readFileSync(path, "utf8")));
  const shown = items.filter(({ type }) => type === 3);
  const parameters = items.flatMap(({ content }) => content.parameters ?? []);
  const tabs = items.flatMap(({ content }) => content.links ?? []);

  it("shows each query once, and has no text of its own", () => {
    expect([...shown.map(({ name }) => name), "servers"].sort()).toEqual(queryNames("workbook"));
    expect(shown.filter(({ content }) => content.query !== undefined)).toEqual([]);
    expect(parameters.map(({ name }) => name)).toEqual(["TimeRange", "Server"]);
  });

  it("shows every answer on a tab that is there, within the chosen time", () => {
    const values = tabs.map(({ subTarget }) => subTarget);

    for (const { conditionalVisibility, content } of shown) {
      expect(conditionalVisibility?.parameterName).toBe("Tab");
      expect(values).toContain(conditionalVisibility?.value);
      expect(content.timeContextFromParameter).toBe("TimeRange");
    }
    expect(new Set(tabs.map(({ cellValue }) => cellValue))).toEqual(new Set(["Tab"]));
  });
});
