import { describe, expect, it } from "@jest/globals";
import { settingStatements } from "../../../shared/rotate/setup/settingStatements.ts";
import { statementText } from "../../../shared/rotate/setup/setupStatement.ts";

function textOf(setting: string, database: string | null = null): string | undefined {
  return settingStatements("app", database, setting).map(statementText)[0];
}

describe("settingStatements", () => {
  it.each([
    ["work_mem=5MB", `alter role "app" set "work_mem" to '5MB';`],
    ["app.tenant=x, y", `alter role "app" set "app"."tenant" to 'x, y';`],
    ["application_name=a=b", `alter role "app" set "application_name" to 'a=b';`],
    [`search_path="$user", "a ""b, c", public`, `alter role "app" set "search_path" to '$user', 'a "b, c', 'public';`],
    ["search_path=", `alter role "app" set "search_path" to '';`],
    [`search_path=""`, `alter role "app" set "search_path" to '';`],
  ])("sets %s as it is", (setting, text) => {
    expect(textOf(setting)).toBe(text);
  });

  it("sets it in one database", () => {
    expect(textOf("work_mem=5MB", 'my "db"')).toBe(`alter role "app" in database "my ""db""" set "work_mem" to '5MB';`);
  });

  it("has nothing to say of an entry without a name", () => {
    expect(textOf("=5MB")).toBeUndefined();
  });
});
