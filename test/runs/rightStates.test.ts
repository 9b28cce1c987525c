import { describe, expect, it } from "@jest/globals";
import { collected, unavailable } from "../../shared/collect/section.ts";
import type { Sections } from "../../shared/model/section.ts";
import { rightStates, type ServerRights } from "../../shared/runs/rightStates.ts";
import type { DatabasePosture } from "../../shared/model/posture.ts";
import { catalogContext, database, databaseFacts, posture, sections, serverRef } from "../builders.ts";

const login = { role: "pgwarden-scanner", database: "postgres" };
const absent = unavailable("absent", "not on this server");

/** Everything collected, and empty where nothing is given. */
function whole(override: Partial<Sections> = {}): Partial<Sections> {
  const empty = Object.fromEntries(Object.keys(sections()).map((name) => [name, collected([])]));
  return {
    ...empty,
    context: collected([catalogContext()]),
    databases: collected([databaseFacts("postgres"), databaseFacts("shop")]),
    ...override,
  };
}

function wholeDatabase(name: string): DatabasePosture {
  const empty = Object.fromEntries(Object.keys(database(name).sections).map((section) => [section, collected([])]));
  return database(name, empty);
}

function rightsOf(override: Partial<Sections>, databases = [wholeDatabase("postgres"), wholeDatabase("shop")]) {
  return rightStates(posture(whole(override), serverRef(), databases), login);
}

function missing({ azure, logs, postgres }: ServerRights): readonly unknown[] {
  return [...azure, ...logs, ...postgres]
    .filter(({ state }) => state === "missing")
    .map(({ right, cost }) => [
      right.name,
      cost.map(({ section, database: where }) => (where === null ? section : `${where}.${section}`)),
    ]);
}

describe("rightStates", () => {
  it("holds everything where every section was read", () => {
    const rights = rightsOf({});

    expect(missing(rights)).toEqual([]);
    expect([...rights.azure, ...rights.postgres].filter(({ state }) => state !== "held")).toEqual([]);
    expect(rights.otherGaps).toEqual([]);
  });

  it("needs no right for a section that the server cannot have", () => {
    expect(missing(rightsOf({ delegatedNetwork: absent, privateDnsZone: absent, firewallRules: absent }))).toEqual([]);
  });

  it("names the action that ARM refused, and the section that it costs", () => {
    const action = "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules/read";
    const denied = unavailable("denied", `ARM refused. The scanner's role needs the action ${action}.`);

    expect(missing(rightsOf({ firewallRules: denied }))).toEqual([[action, ["firewallRules"]]]);
  });

  it("tells two actions of one section apart by the refusal", () => {
    const action = "Microsoft.Network/networkSecurityGroups/read";
    const denied = unavailable("denied", `ARM refused. The scanner's role needs the action ${action}.`);

    expect(missing(rightsOf({ delegatedNetwork: denied }))).toEqual([[action, ["delegatedNetwork"]]]);
  });

  it("names the predefined role that hides rows, with the statement that grants it", () => {
    const gap = unavailable("denied", "rows are hidden");
    const rights = rightsOf({
      context: collected([catalogContext({ seesSettings: false, seesStats: false })]),
      settings: gap,
      sessions: gap,
    });

    expect(missing(rights)).toEqual([
      ["pg_read_all_settings", ["settings"]],
      ["pg_read_all_stats", ["sessions"]],
    ]);
    expect(rights.postgres.find(({ right }) => right.name === "pg_read_all_stats")?.right.sql).toBe(
      'grant pg_read_all_stats to "pgwarden-scanner";',
    );
  });

  it("names the database that it may not connect to", () => {
    const refused = unavailable("denied", "no CONNECT on database shop");
    const shop = database(
      "shop",
      Object.fromEntries(Object.keys(database("shop").sections).map((name) => [name, refused])),
    );

    const rights = rightsOf(
      { databases: collected([databaseFacts("postgres"), databaseFacts("shop", { connectable: false })]) },
      [wholeDatabase("postgres"), shop],
    );

    expect(missing(rights)).toEqual([["CONNECT", ["shop.databases"]]]);
    expect(rights.otherGaps).toEqual([]);
  });

  it("takes a password function that cannot be found for one that may not be executed", () => {
    expect(missing(rightsOf({ passwordTypes: absent }))).toEqual([
      ["EXECUTE on azure_roles_authtype()", ["passwordTypes"]],
    ]);
  });

  it("knows nothing of rights inside a server that it could not log in to, and says what stood in the way", () => {
    const refused = unavailable("denied", "role pgwarden-scanner may not log in (28000)");
    const names = ["context", "settings", "roles", "memberships", "databases", "sessions", "passwordTypes"] as const;

    const rights = rightsOf(Object.fromEntries(names.map((name) => [name, refused])), []);

    expect(rights.postgres.map(({ state }) => state)).toEqual(rights.postgres.map(() => "unknown"));
    expect(missing(rights)).toEqual([]);
    expect(rights.otherGaps.map(({ section }) => section).sort()).toEqual([...names].sort());
  });

  it("names the role on the workspace, and nothing on a server whose log goes to none", () => {
    const categories = [{ category: "PostgreSQLLogs", enabled: true }];
    const setting = { name: "a", workspaceId: "/W", storageAccountId: null, eventHubName: null, categories };
    const diagnosticSettings = collected([setting]);
    const loginHistory = unavailable("denied", "POST /v1/w/query was refused (403).");

    const rights = rightsOf({ diagnosticSettings, loginHistory });

    expect(missing(rights)).toEqual([["Log Analytics Data Reader", ["loginHistory"]]]);
    expect(rights.logs.map(({ right }) => right.workspaceId)).toEqual(["/w"]);
    expect(rights.otherGaps).toEqual([]);
    expect(rightsOf({ loginHistory: absent }).logs).toEqual([]);
    expect(rightsOf({ diagnosticSettings }).logs.map(({ state }) => state)).toEqual(["held"]);
  });

  it("blames the settings that could not be read for the logins that depend on them", () => {
    const action = "Microsoft.Insights/diagnosticSettings/read";
    const denied = unavailable("denied", `GET was refused. The scanner's role needs the action ${action}.`);

    const rights = rightsOf({ diagnosticSettings: denied, loginHistory: denied });

    expect(missing(rights)).toEqual([[action, ["diagnosticSettings"]]]);
    expect(rights.otherGaps).toEqual([]);
  });

  it("names the role that the login may not become, of canary and witness alike", () => {
    const canaries = collected([
      { name: "a", role: "app_rw", state: "looked" as const, visible: false, witnessed: null },
      {
        ...{ name: "b", role: "app_rw", state: "failed" as const, reason: "denied" as const },
        ...{ detail: "Login x may not become role w.", missingRole: "w" },
      },
      {
        ...{ name: "c", role: "other", state: "failed" as const, reason: "timeout" as const },
        ...{ detail: "a lock was not free in time (55P03).", missingRole: null },
      },
    ]);

    const rights = rightsOf({ canaries });

    expect(missing(rights)).toEqual([["SET ROLE w", ["canaries"]]]);
    expect(
      rights.postgres.filter(({ right }) => right.sections.includes("canaries")).map(({ right }) => right.sql),
    ).toEqual(
      ["app_rw", "other", "w"].map((role) => `grant "${role}" to "pgwarden-scanner" with inherit false, set true;`),
    );
  });

  it("blames no right for a time-out or a stopped server", () => {
    const rights = rightsOf({ replicas: unavailable("timeout", "ARM did not answer in time") });

    expect(missing(rights)).toEqual([]);
    expect(rights.azure.filter(({ state }) => state === "unknown").map(({ right }) => right.sections)).toEqual([
      ["replicas"],
    ]);
    expect(rights.otherGaps).toMatchObject([{ section: "replicas", reason: "timeout" }]);
  });
});
