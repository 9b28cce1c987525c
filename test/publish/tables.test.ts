import { describe, expect, it } from "@jest/globals";
import { columnsOf, streamColumns, streamOf, tableNames } from "../../shared/publish/tables.ts";

const reserved = ["_ResourceId", "id", "_SubscriptionId", "TenantId", "Type", "UniqueId", "Title"];

describe.each(tableNames)("%s", (table) => {
  const names = Object.keys(columnsOf(table));

  it("has a name that a custom table may have", () => {
    expect(table).toMatch(/^PgWarden[A-Za-z]+_CL$/);
  });

  it("has only column names that Log Analytics accepts and does not reserve", () => {
    const lower = reserved.map((name) => name.toLowerCase());

    for (const name of names) expect(name).toMatch(/^[A-Za-z][A-Za-z0-9_]{1,44}$/);
    expect(names.filter((name) => lower.includes(name.toLowerCase()))).toEqual([]);
  });

  it("describes every column in a sentence or phrase that ends", () => {
    for (const { description } of Object.values(columnsOf(table))) expect(description).toMatch(/[.…]$/);
  });

  it("begins with the common columns", () => {
    expect(names.slice(0, 9)).toEqual([
      "TimeGenerated",
      "CollectedAt",
      "RunId",
      "RowId",
      "SchemaVersion",
      "TargetResourceId",
      "SubscriptionId",
      "ResourceGroup",
      "ServerName",
    ]);
  });
});

describe("streamColumns", () => {
  it("gives the type of every column by stream, ten streams at most", () => {
    const streams = streamColumns();

    expect(Object.keys(streams)).toEqual(tableNames.map(streamOf));
    expect(tableNames.length).toBeLessThanOrEqual(10);
    expect(streams["Custom-PgWardenFirewall_CL"]).toEqual({
      TimeGenerated: "datetime",
      CollectedAt: "datetime",
      RunId: "string",
      RowId: "string",
      SchemaVersion: "int",
      TargetResourceId: "string",
      SubscriptionId: "string",
      ResourceGroup: "string",
      ServerName: "string",
      RuleName: "string",
      FirstAddress: "string",
      LastAddress: "string",
      AddressCount: "long",
      FirstSeen: "datetime",
    });
  });
});
