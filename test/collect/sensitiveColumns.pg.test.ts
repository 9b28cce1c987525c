import { expect, it } from "@jest/globals";
import fc from "fast-check";
import { sensitiveColumns } from "../../shared/collect/sensitiveColumns.ts";
import { textLiteral } from "../../shared/collect/textLiteral.ts";
import { isNamePattern } from "../../shared/config/namePattern.ts";
import { describePostgres } from "../describePostgres.ts";

const names = ["password", "Passwort", "gehalt", "GEHALT_2026", "o'hara", "a.b", "abab", "x$", "first name", "日本"];

describePostgres([13, 18], (major, getServer) => {
  async function found(patterns: readonly string[]): Promise<readonly string[]> {
    const { sql, parse } = sensitiveColumns(patterns);
    return getServer().asSuperuser(async (client) => {
      const columns = names.map((name) => `"${name}" int`).join(", ");
      await client.query(`begin; create schema app; create table app.people (${columns})`);
      const { rows } = await client.query<Record<string, unknown>>(sql(major));
      await client.query("rollback");
      return parse(rows).map(({ column }) => column);
    });
  }

  it("finds what the policy names, in any language and without case, and nothing without patterns", async () => {
    expect(await found(["gehalt"])).toEqual(["gehalt", "GEHALT_2026"]);
    expect(await found(["^passwor(d|t)$", "^first name$"])).toEqual(["password", "Passwort", "first name"]);
    expect(await found([])).toEqual([]);
  });

  it("compares as JavaScript does, whatever pattern the configuration takes", async () => {
    const piece = fc.constantFrom(
      "a",
      "b",
      "ab",
      ".",
      "^",
      "$",
      "|",
      "(",
      "(?:",
      ")",
      "*",
      "+",
      "?",
      "{1,2}",
      "[a-c]",
      "[^a]",
      "\\$",
      "_",
      "pass",
    );
    const patterns = fc
      .sample(fc.array(piece, { minLength: 1, maxLength: 7 }), { numRuns: 4_000, seed: 7 })
      .map((pieces) => pieces.join(""))
      .filter(isNamePattern);
    const ascii = names.filter((name) => /^[ -~]+$/.test(name));
    const pairs = [...new Set(patterns)].flatMap((pattern) => ascii.map((name) => ({ pattern, name })));
    const rows = await getServer().asSuperuser(async (client) => {
      const values = pairs.map(({ pattern, name }) => `(${textLiteral(name)}, ${textLiteral(pattern)})`).join(",");
      const answer = await client.query<{ same: boolean }>(
        `select name ~* pattern as same from (values ${values}) t (name, pattern)`,
      );
      return answer.rows;
    });

    expect(pairs.length).toBeGreaterThan(2_000);
    const differing = pairs.filter(
      ({ pattern, name }, index) => new RegExp(pattern, "isu").test(name) !== rows[index]?.same,
    );
    expect(differing).toEqual([]);
  });

  it("writes any text so that PostgreSQL reads the same, however it is set", async () => {
    const texts = ["", "'", "\\", "\\'", "'; drop table x --", "E'", "$$", "日本 ☃", "a\nb", "\\\\''"];
    for (const setting of ["on", "off"]) {
      const read = await getServer().asSuperuser(async (client) => {
        await client.query(`begin; set local standard_conforming_strings = ${setting}`);
        const { rows } = await client.query<{ all: string[] }>(
          `select array[${texts.map(textLiteral).join(", ")}]::text[] as all`,
        );
        await client.query("rollback");
        return rows[0]?.all;
      });
      expect(read).toEqual(texts);
    }
  });
});

it("gives up when more columns match than anybody calls sensitive", () => {
  const rows = Array.from({ length: 10_001 }, (_, index) => ({ schema: "app", table: "t", column: `c${index}` }));

  expect(sensitiveColumns(["c"]).parse(rows.slice(1))).toHaveLength(10_000);
  expect(() => sensitiveColumns(["c"]).parse(rows)).toThrow(
    "More than 10000 columns match policy.privileges.sensitiveColumns: its patterns are too wide.",
  );
});

it("refuses a text that PostgreSQL has not", () => {
  expect(() => textLiteral("a\0b")).toThrow(RangeError);
});
