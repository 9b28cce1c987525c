import { describe, expect, it } from "@jest/globals";
import { CollectError } from "../../shared/collect/collectError.ts";
import type { LogQuery } from "../../shared/collect/collector.ts";
import { collectLoginHistory, workspaceOf } from "../../shared/collect/loginHistory.ts";
import { mostLoginRows } from "../../shared/collect/loginQuery.ts";
import { collected, unavailable } from "../../shared/collect/section.ts";
import type { DiagnosticSetting } from "../../shared/model/armEvidence.ts";
import { parameter, serverRef } from "../builders.ts";

const server = serverRef();
const takenAt = "2026-11-22T12:00:00.000Z";

function setting(name: string, override: Partial<DiagnosticSetting> = {}): DiagnosticSetting {
  const categories = [{ category: "PostgreSQLLogs", enabled: true }];
  return { name, workspaceId: `/W/${name}`, storageAccountId: null, eventHubName: null, categories, ...override };
}

interface Case {
  readonly rows?: readonly object[] | CollectError;
  readonly settings?: readonly DiagnosticSetting[];
  readonly logConnections?: string;
}

async function collect({ rows = [], settings = [setting("a")], logConnections = "on" }: Case) {
  const queries: LogQuery[] = [];
  const section = await collectLoginHistory(
    {
      server,
      takenAt,
      days: 90,
      diagnosticSettings: collected(settings),
      parameters: collected([parameter("log_connections", logConnections)]),
    },
    {
      query(query) {
        queries.push(query);
        return rows instanceof CollectError ? Promise.reject(rows) : Promise.resolve(rows as Record<string, unknown>[]);
      },
    },
    new AbortController().signal,
  );
  return { section, queries };
}

function day(name: string, time = "03:00:00"): object {
  return { Kind: "day", Name: name, At: `${name}T${time}.1234567Z` };
}

async function sinceOf(rows: readonly object[]): Promise<unknown> {
  const { section } = await collect({ rows });
  return section.state === "collected" ? section.items[0]?.since : section;
}

describe("collectLoginHistory", () => {
  it("asks once, for the window and two days more, about this server only", async () => {
    const { section, queries } = await collect({
      rows: [{ Kind: "role", Name: "app_rw", At: "2026-11-20T08:00:00.1234567Z" }, day("2026-11-22")],
    });

    expect(queries).toMatchObject([{ workspaceId: "/w/a", from: "2026-08-22T12:00:00.000Z", to: takenAt }]);
    expect(queries[0]?.text.split(server.id)).toHaveLength(3);
    expect(section).toEqual(
      collected([
        {
          workspaceId: "/w/a",
          askedFrom: "2026-08-22T12:00:00.000Z",
          since: "2026-11-22T03:00:00.123Z",
          lastLogins: [{ role: "app_rw", at: "2026-11-20T08:00:00.123Z" }],
        },
      ]),
    );
  });

  it("lets the record begin after the last day without any login", async () => {
    expect(await sinceOf(["2026-11-22", "2026-11-21", "2026-11-19"].map((name) => day(name)))).toBe(
      "2026-11-21T03:00:00.123Z",
    );
  });

  it("waits a day for what has not arrived yet, and no longer", async () => {
    expect(await sinceOf([day("2026-11-20"), day("2026-11-21")])).toBe("2026-11-20T03:00:00.123Z");
    expect(await sinceOf([day("2026-11-20")])).toBeNull();
    expect(await sinceOf([])).toBeNull();
  });

  it.each([
    ["no setting", { settings: [] }],
    ["a setting that sends to a storage account", { settings: [setting("a", { workspaceId: null })] }],
    [
      "other logs",
      { settings: [setting("a", { categories: [{ category: "PostgreSQLFlexSessions", enabled: true }] })] },
    ],
    [
      "a category that is off",
      { settings: [setting("a", { categories: [{ category: "PostgreSQLLogs", enabled: false }] })] },
    ],
    ["log_connections off", { logConnections: "OFF" }],
    ["log_connections without authorization", { logConnections: "receipt, authentication" }],
  ])("asks nothing and is absent with %s", async (_what, given) => {
    const { section, queries } = await collect(given);

    expect(section).toMatchObject({ state: "unavailable", reason: "absent" });
    expect(queries).toEqual([]);
  });

  it.each(["on", "all", "receipt,authorization", "1"])("asks where log_connections is %s", async (logConnections) => {
    expect((await collect({ logConnections })).queries).toHaveLength(1);
  });

  it("is unavailable for the reason that the settings are, and when they were denied says so", async () => {
    const diagnosticSettings = unavailable("denied", "GET was refused (403).");
    const section = await collectLoginHistory(
      { server, takenAt, days: 90, diagnosticSettings, parameters: unavailable("timeout", "late") },
      { query: () => Promise.reject(new Error("Nothing is to be asked.")) },
      new AbortController().signal,
    );

    expect(section).toEqual(
      unavailable("denied", `Where the log of server ${server.name} goes is not known: GET was refused (403).`),
    );
  });

  it("names the role that a refusal asks for, and keeps other reasons", async () => {
    const denied = await collect({ rows: new CollectError("denied", "POST was refused (403).") });
    const partial = await collect({ rows: new CollectError("shape", "a part of the rows only.") });

    expect(denied.section).toMatchObject({
      reason: "denied",
      detail: "POST was refused (403). The scanner needs the role Log Analytics Data Reader on workspace /w/a.",
    });
    expect(partial.section).toMatchObject({ reason: "shape" });
  });

  it("gives up an answer that is cut, or that holds something else", async () => {
    const cut = await collect({ rows: Array.from({ length: mostLoginRows }, () => day("2026-11-22")) });
    const strange = await collect({ rows: [{ Kind: "role", Name: "a", At: "yesterday" }] });

    expect(cut.section).toMatchObject({ state: "unavailable", reason: "shape" });
    expect(strange.section).toMatchObject({ state: "unavailable", reason: "shape" });
  });
});

describe("workspaceOf", () => {
  it("takes the first by name of the settings that send the log, groups of categories too", () => {
    const group = [{ category: "group:allLogs", enabled: true }];
    const settings = [setting("c"), setting("b", { categories: group }), setting("a", { categories: [] })];

    expect(workspaceOf(settings)).toBe("/w/b");
  });
});
