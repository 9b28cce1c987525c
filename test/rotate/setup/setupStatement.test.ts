import { describe, expect, it } from "@jest/globals";
import { type SetupStatement, statementText } from "../../../shared/rotate/setup/setupStatement.ts";

function statement(template: string, ...values: readonly string[]): SetupStatement {
  return { name: "test", template, values };
}

describe("statementText", () => {
  it("quotes names and texts, each as its placeholder says", () => {
    expect(statementText(statement("alter role %I set role to %L", 'a"b', "o'c"))).toBe(
      `alter role "a""b" set role to 'o''c';`,
    );
  });

  it("means the same text with a backslash under either setting of standard_conforming_strings", () => {
    expect(statementText(statement("select %L", String.raw`a\'b`))).toBe(String.raw`select  E'a\\''b';`);
  });

  it("takes a value for what it is, whatever placeholders it looks like", () => {
    expect(statementText(statement("grant %I to %I", "%L", "$1%I"))).toBe('grant "%L" to "$1%I";');
  });

  it.each([
    ["more", statement("grant %I to %I", "a")],
    ["fewer", statement("grant %I", "a", "b")],
  ])("refuses a template with %s placeholders than values", (_name, wrong) => {
    expect(() => statementText(wrong)).toThrow("placeholders than values");
  });
});
