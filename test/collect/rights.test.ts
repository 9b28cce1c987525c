import { describe, expect, it } from "@jest/globals";
import {
  armCommands,
  armRights,
  canaryRights,
  databaseRights,
  workspaceCommand,
  workspaceRight,
} from "../../shared/collect/rights.ts";
import { database, sections } from "../builders.ts";

describe("databaseRights", () => {
  const rights = databaseRights(`it's "me"`, "postgres", ["app", "postgres", 'the "other"']);

  it("names every section of a database, and those of the server that a login reads", () => {
    const named = new Set(rights.flatMap((right) => right.sections));

    expect(Object.keys(database("app").sections).filter((name) => !named.has(name as never))).toEqual([]);
    expect(named).toContain("passwordTypes");
    expect(named).toContain("replicationSlots");
  });

  it("quotes names for a person to copy, and asks for CONNECT once per database", () => {
    expect(rights.map(({ runIn, sql }) => `${runIn}: ${sql}`)).toEqual([
      `postgres: select * from pg_catalog.pgaadauth_create_principal('it''s "me"', false, false);`,
      `postgres: grant pg_read_all_settings to "it's ""me""";`,
      `postgres: grant pg_read_all_stats to "it's ""me""";`,
      `postgres: grant execute on function azure_roles_authtype() to "it's ""me""";`,
      `postgres: grant connect on database "postgres" to "it's ""me""";`,
      `app: grant connect on database "app" to "it's ""me""";`,
      `the "other": grant connect on database "the ""other""" to "it's ""me""";`,
      `postgres: alter role "it's ""me""" bypassrls;`,
    ]);
    expect(rights.filter(({ recommended }) => !recommended).map(({ name }) => name)).toEqual(["BYPASSRLS"]);
  });
});

describe("canaryRights", () => {
  it("lets the login become a role without having its rights, where PostgreSQL can tell the two apart", () => {
    expect(canaryRights("scanner", "postgres", ['app "rw"'], 16).map(({ sql }) => sql)).toEqual([
      'grant "app ""rw""" to "scanner" with inherit false, set true;',
    ]);
    expect(canaryRights("scanner", "postgres", ["app_rw"], 15).map(({ sql }) => sql)).toEqual([
      'grant "app_rw" to "scanner";',
    ]);
  });
});

describe("workspaceCommand", () => {
  it("assigns the narrowest role that reads tables, on the workspace alone", () => {
    const workspaceId = "/subscriptions/s/resourcegroups/g/providers/microsoft.operationalinsights/workspaces/w";

    expect(workspaceCommand("99999999-8888-7777-6666-555555555555", workspaceRight(workspaceId))).toBe(
      "az role assignment create --assignee-object-id 99999999-8888-7777-6666-555555555555 " +
        `--assignee-principal-type ServicePrincipal --role "Log Analytics Data Reader" --scope ${workspaceId}`,
    );
  });
});

describe("armRights", () => {
  it("names every section that comes from Azure, and only reads", () => {
    const inServer = [...databaseRights("scanner", "postgres", []), ...canaryRights("scanner", "postgres", ["a"], 17)];
    const fromDatabase = inServer.flatMap((right) => right.sections);
    const fromAzure = new Set([...armRights, workspaceRight("/w")].flatMap((right) => right.sections));

    const neither = Object.keys(sections()).filter(
      (name) => !fromAzure.has(name as never) && !fromDatabase.includes(name as never),
    );
    expect(neither).toEqual([
      // What rotation wrote down needs no right of the scanner.
      "credentials",
      "credentialLogins",
      "plaintextProbes",
      "legacyTlsProbes",
      "tlsProbes",
      "dnsProbes",
      "reachabilityProbes",
    ]);
    for (const { name } of armRights) expect(name).toMatch(/^Microsoft\.[\w.]+(\/\w+)+\/read$/);
  });

  it("makes a role of exactly these actions and assigns it", () => {
    const scopes = ["/subscriptions/11111111-2222-3333-4444-555555555555", "/subscriptions/22222222-2222"];
    const [define, ...assign] = armCommands("99999999-8888-7777-6666-555555555555", scopes);

    const definition: unknown = JSON.parse(define?.replace(/^[^']*'|'$/g, "") ?? "");
    expect(definition).toMatchObject({ Actions: armRights.map(({ name }) => name), AssignableScopes: scopes });
    expect(assign).toEqual(
      scopes.map(
        (scope) =>
          "az role assignment create --assignee-object-id 99999999-8888-7777-6666-555555555555 " +
          `--assignee-principal-type ServicePrincipal --role "pgwarden scanner" --scope ${scope}`,
      ),
    );
  });
});
