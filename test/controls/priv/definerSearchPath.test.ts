import { describe, expect, it } from "@jest/globals";
import { searchPathSchemas } from "../../../shared/controls/priv/searchPath.ts";

describe("searchPathSchemas", () => {
  it.each([
    ["app, pg_temp", ["app", "pg_temp"]],
    ["app,pg_temp", ["app", "pg_temp"]],
    ['"$user", public', ["$user", "public"]],
    ["$user", ["$user"]],
    ['""', []],
    ["", []],
    ['"My ""App"", x", PG_TEMP', ['My "App", x', "pg_temp"]],
    ['"app, pg_temp"', ["app, pg_temp"]],
  ])("reads %s", (value, schemas) => {
    expect(searchPathSchemas(value, "$user")).toEqual(schemas);
  });
});
