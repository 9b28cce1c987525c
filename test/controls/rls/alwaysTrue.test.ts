import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { isAlwaysTrue } from "../../../shared/controls/rls/alwaysTrue.ts";

describe("isAlwaysTrue", () => {
  it.each([
    "true",
    "(true)",
    "(1 = 1)",
    "('a'::text = 'a'::text)",
    "(tenant = tenant)",
    "(accounts.tenant = accounts.tenant)",
    '("Tenant" = "Tenant")',
    "((tenant)::text = (tenant)::text)",
    "((tenant)::character varying(10) = (tenant)::character varying(10))",
    "(tenant >= tenant)",
    "(NOT false)",
    "(NOT (tenant <> tenant))",
    "((tenant = (CURRENT_USER)::text) OR true)",
    "((1 = 1) AND (2 = 2) AND true)",
    "(true IS TRUE)",
    "(false IS NOT TRUE)",
    "(1 IS NOT NULL)",
    "(CURRENT_USER IS NOT NULL)",
    "(true OR (EXISTS ( SELECT 1\n   FROM app.members m\n  WHERE (m.id = accounts.id))))",
    "(true OR (tenant = ANY (ARRAY['a'::text, 'b'::text])))",
    "'t'::boolean",
  ])("sees through %s", (expression) => {
    expect(isAlwaysTrue(expression)).toBe(true);
  });

  it.each([
    "",
    "false",
    "(tenant = (CURRENT_USER)::text)",
    "(tenant = current_setting('app.tenant'::text, true))",
    "(tenant IS NOT NULL)",
    "(tenant = other)",
    '(tenant = "TENANT")',
    "(a.tenant = b.tenant)",
    "(1 = 2)",
    "('a'::text = 'A'::text)",
    "(random() = random())",
    "(app.visible(id) = app.visible(id))",
    "(NULL::text = NULL::text)",
    "(NULL IS NOT NULL)",
    "((a = b) OR (c = d))",
    "(true AND (a = b))",
    "(NOT true)",
    "( SELECT true)",
    "( SELECT (a.x = b.x) OR true FROM a, b)",
    "(CASE WHEN true THEN (a = b) ELSE true END)",
    "(a BETWEEN b AND true)",
    "(tenant OPERATOR(app.=) tenant)",
    "(tenant IS DISTINCT FROM tenant)",
    '(a COLLATE "C" = a)',
    "('(,)'::app.pair IS NOT NULL)",
    "('t'::app.boolean IS TRUE)",
    "'true'::app.\"boolean\"",
    "(true",
    "true)",
    "true true",
    "(true) OR",
    "true; drop table x",
    "'unterminated",
    "\\",
    "(".repeat(100_000),
    `${"(".repeat(5_000)}true${")".repeat(5_000)}`,
    `'${"'".repeat(9_999)}`,
  ])("does not call %s true", (expression) => {
    expect(isAlwaysTrue(expression)).toBe(false);
  });

  it.each([
    ["(tenant IS NOT NULL)", ["tenant"]],
    ['("Ten""ant" IS NOT NULL)', ['Ten"ant']],
    ["((tenant IS NOT NULL) AND (id IS NOT NULL))", ["id", "tenant"]],
    ["(NOT (tenant IS NULL))", ["tenant"]],
  ])("sees that %s holds where no value of %j is null", (expression, notNull) => {
    expect(isAlwaysTrue(expression, notNull)).toBe(true);
    expect(isAlwaysTrue(expression, [])).toBe(false);
  });

  it.each([
    ["(tenant IS NOT NULL)", ["Tenant", "tenants"]],
    ['("Tenant" IS NOT NULL)', ["tenant"]],
    ["(tenant IS NULL)", ["tenant"]],
    ["((tenant IS NOT NULL) AND (id IS NOT NULL))", ["tenant"]],
    ["(m.tenant IS NOT NULL)", ["tenant"]],
    ["(tenant(id) IS NOT NULL)", ["tenant"]],
    ["((tenant)::app.pair IS NOT NULL)", ["tenant"]],
    ["(tenant IS NOT TRUE)", ["tenant"]],
  ])("does not call %s true where no value of %j is null", (expression, notNull) => {
    expect(isAlwaysTrue(expression, notNull)).toBe(false);
  });

  it("never calls an expression true that a row or a session can make false", () => {
    fc.assert(
      fc.property(expressions.boolean, fc.array(worlds, { minLength: 8, maxLength: 8 }), (expression, tried) => {
        if (isAlwaysTrue(expression.text)) expect(tried.map((world) => expression.value(world))).not.toContain(false);
        if (isAlwaysTrue(expression.text)) expect(tried.map((world) => expression.value(world))).not.toContain(null);
      }),
      { numRuns: 5_000 },
    );
  });

  it("sees what holds by its form, however it is wrapped", () => {
    fc.assert(
      fc.property(expressions.boolean, (expression) => {
        expect(isAlwaysTrue(`(${expression.text} OR (1 = 1))`)).toBe(true);
        expect(isAlwaysTrue(`(${expression.text} AND false)`)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

/** A row whose columns have values, and a session. */
interface World {
  readonly a: number;
  readonly b: number;
  readonly user: number;
}

interface Expression<T> {
  /** As the server prints it. */
  readonly text: string;
  readonly value: (world: World) => T | null;
}

const worlds = fc.record({ a: fc.integer({ min: 0, max: 2 }), b: fc.integer({ min: 0, max: 2 }), user: fc.nat(2) });

const comparisons = {
  "=": (left: number, right: number) => left === right,
  "<>": (left: number, right: number) => left !== right,
  "<": (left: number, right: number) => left < right,
  ">": (left: number, right: number) => left > right,
  "<=": (left: number, right: number) => left <= right,
  ">=": (left: number, right: number) => left >= right,
};

/** Numbers stand for all values; `session()` for what only the session knows. Three-valued, as SQL is. */
const expressions = fc.letrec<{ number: Expression<number>; boolean: Expression<boolean> }>((tie) => ({
  number: fc.oneof(
    fc.constantFrom<Expression<number>>(
      { text: "a", value: ({ a }) => a },
      { text: "b", value: ({ b }) => b },
      { text: "current_setting('app.user'::text)", value: ({ user }) => user },
      { text: "NULL::integer", value: () => null },
    ),
    fc.nat(2).map((value): Expression<number> => ({ text: `${value}`, value: () => value })),
    tie("number").map(({ text, value }) => ({ text: `(${text})::integer`, value })),
  ),
  boolean: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom<Expression<boolean>>({ text: "true", value: () => true }, { text: "false", value: () => false }),
    fc
      .tuple(tie("number"), fc.constantFrom("=", "<>", "<", ">", "<=", ">=" as const), tie("number"))
      .map(([left, operator, right]) => ({
        text: `(${left.text} ${operator} ${right.text})`,
        value: (world: World) => {
          const [one, two] = [left.value(world), right.value(world)];
          return one === null || two === null ? null : comparisons[operator](one, two);
        },
      })),
    tie("number").map(({ text, value }) => ({
      text: `(${text} IS NOT NULL)`,
      value: (world: World) => value(world) !== null,
    })),
    fc.tuple(tie("boolean"), tie("boolean")).map(([left, right]) => ({
      text: `(${left.text} OR ${right.text})`,
      value: (world: World) => either(left.value(world), right.value(world)),
    })),
    fc.tuple(tie("boolean"), tie("boolean")).map(([left, right]) => ({
      text: `(${left.text} AND ${right.text})`,
      value: (world: World) => negated(either(negated(left.value(world)), negated(right.value(world)))),
    })),
    tie("boolean").map(({ text, value }) => ({
      text: `(NOT ${text})`,
      value: (world: World) => negated(value(world)),
    })),
    tie("boolean").map(({ text, value }) => ({
      text: `(${text} IS NOT TRUE)`,
      value: (world: World) => value(world) !== true,
    })),
  ),
}));

function either(left: boolean | null, right: boolean | null): boolean | null {
  if (left === true || right === true) return true;
  return left === null || right === null ? null : false;
}

function negated(value: boolean | null): boolean | null {
  return value === null ? null : !value;
}
