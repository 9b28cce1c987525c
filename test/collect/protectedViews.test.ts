import { describe, expect, it } from "@jest/globals";
import { protectedViews } from "../../shared/collect/protectedViews.ts";

function relation(id: string, over: readonly string[], kind = "view") {
  return { id, schema: "app", name: id, owner: "app_owner", kind, invoker: false, over };
}

/** Every level has two views, and each reads both of the level below: 2 ** levels ways to the table. */
function diamonds(levels: number) {
  const table = relation("t", [], "table");
  const views = Array.from({ length: levels }, (_, level) => {
    const below = level === 0 ? ["t"] : [`a${level}`, `b${level}`];
    return [relation(`a${level + 1}`, below), relation(`b${level + 1}`, below)];
  });
  return [table, ...views.flat()];
}

describe("protectedViews", () => {
  it("meets every view once, on its shortest way, however many ways there are", () => {
    const rows = [...diamonds(1_000), relation("shortcut", ["a999", "t"]), relation("aside", ["elsewhere"])];

    const found = protectedViews.parse(rows);

    expect(found).toHaveLength(2_001);
    expect(found.find(({ view }) => view === "b1000")).toMatchObject({ table: "t", depth: 1_000 });
    expect(found.find(({ view }) => view === "shortcut")).toMatchObject({ depth: 1 });
  });

  it("comes back from a circle", () => {
    const rows = [relation("t", [], "table"), relation("a", ["t", "b"]), relation("b", ["a"])];

    expect(protectedViews.parse(rows).map(({ view, depth }) => [view, depth])).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
  });
});
