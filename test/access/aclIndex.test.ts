import { describe, expect, it } from "@jest/globals";
import { aclIndex, splitIdentifier } from "../../shared/access/aclIndex.ts";
import { aclGroup, grant } from "../builders.ts";

describe("splitIdentifier", () => {
  it.each([
    ["app.orders", ["app", "orders"]],
    ["orders", ["orders", ""]],
    ['"my.schema"."my ""table"""', ["my.schema", 'my "table"']],
    ['app."my.table"', ["app", "my.table"]],
    ['app."F"(integer, app.mood)', ["app", '"F"(integer, app.mood)']],
    ["app.f(numeric, app.mood)", ["app", "f(numeric, app.mood)"]],
    ['"', ['"', ""]],
    ["", ["", ""]],
  ])("splits %s", (text, parts) => {
    expect(splitIdentifier(text)).toEqual(parts);
  });
});

describe("aclIndex", () => {
  const view = aclGroup({ kind: "view", objects: ["orders", "12345"] });
  const column = aclGroup({
    kind: "column",
    grants: [grant("a", "r")],
    objects: ["orders.id", '"my.table"."col""umn"'],
  });
  const routine = aclGroup({ kind: "procedure", objects: ["orders()"] });
  const schema = aclGroup({ kind: "schema", schema: null, objects: ["app"] });
  const index = aclIndex([view, column, routine, schema]);

  it("finds relations, routines and others by name, each among its own", () => {
    expect(index.find("table", "app", "orders")).toBe(view);
    expect(index.find("table", "app", "12345")).toBe(view);
    expect(index.find("function", "app", "orders()")).toBe(routine);
    expect(index.find("schema", null, "app")).toBe(schema);
    expect(index.find("table", "other", "orders")).toBeUndefined();
    expect(index.find("type", "app", "orders")).toBeUndefined();
  });

  it("finds the columns of a table by the names themselves", () => {
    expect(index.columnsOf("app", "orders")).toEqual([{ column: "id", group: column }]);
    expect(index.columnsOf("app", "my.table")).toEqual([{ column: 'col"umn', group: column }]);
    expect(index.columnsOf("app", "my")).toEqual([]);
  });
});
