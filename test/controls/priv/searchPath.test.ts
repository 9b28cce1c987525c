import { expect, it } from "@jest/globals";
import { defaultSearchPath, searchPathSchemas } from "../../../shared/controls/priv/searchPath.ts";

it.each([
  [defaultSearchPath, ["ann", "public"]],
  ["", []],
  ['""', []],
  ["app", ["app"]],
  [" App ,  public", ["app", "public"]],
  ['"My App", "a,b", "a""b"', ["My App", "a,b", 'a"b']],
  ["$user,pg_temp", ["ann", "pg_temp"]],
])("reads %s", (path, schemas) => {
  expect(searchPathSchemas(path, "ann")).toEqual(schemas);
});

it("leaves out the user's schema when it may be anybody", () => {
  expect(searchPathSchemas(defaultSearchPath, null)).toEqual(["public"]);
});
