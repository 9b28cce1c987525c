import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { alertDocs } from "../../infra/alertDocs.ts";
import { databaseSql } from "../../infra/databaseSql.ts";
import { infraJson } from "../../infra/infraJson.ts";
import { sentinelRules } from "../../infra/sentinelRules.ts";
import { tableDeclarations } from "../../infra/tableDeclarations.ts";

const root = join(__dirname, "../..");
const files = new Map([...infraJson(), ...databaseSql(), ...alertDocs(root), ...sentinelRules(root)]);

describe("what infra/writeInfraJson.ts writes", () => {
  it.each([...files.keys()])("is what %s holds (npx tsx infra/writeInfraJson.ts)", (path) => {
    expect(readFileSync(join(root, path), "utf8")).toBe(files.get(path));
  });
});

// Limits of azure.md §3.
describe("tableDeclarations", () => {
  const declarations = tableDeclarations();

  it("fits one data collection rule", () => {
    expect(declarations.length).toBeLessThanOrEqual(10);
  });

  it("uses names that a workspace takes, and none that it keeps for itself", () => {
    const reserved = ["_ResourceId", "id", "_SubscriptionId", "TenantId", "Type", "UniqueId", "Title"];
    for (const { name, columns } of declarations) {
      expect(name).toMatch(/^PgWarden[A-Za-z]{1,37}_CL$/);
      expect(columns.filter((column) => !/^[A-Za-z][A-Za-z0-9_]{0,44}$/.test(column.name))).toEqual([]);
      expect(columns.filter((column) => reserved.includes(column.name))).toEqual([]);
      expect(columns[0]).toMatchObject({ name: "TimeGenerated", type: "dateTime" });
    }
  });

  it("declares every column of a table in its stream, with the stream's own word for a time", () => {
    for (const { name, columns, stream } of declarations) {
      expect(stream.name).toBe(`Custom-${name}`);
      expect(stream.columns).toEqual(
        columns.map((column) => ({
          name: column.name,
          type: column.type === "dateTime" ? "datetime" : column.type,
        })),
      );
    }
  });
});
