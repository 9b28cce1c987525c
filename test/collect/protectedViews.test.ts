import { describe, expect, it } from "@jest/globals";
import { protectedViews } from "../../shared/collect/protectedViews.ts";

function relation(id: string, over: readonly string[], kind = "view", { invoker = false, owner = "app_owner" } = {}) {
  return { id, schema: "app", name: id, owner, kind, invoker, over };
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

  it("says with whose rights the table is read: those of the lowest view of each chain", () => {
    const table = relation("t", [], "table");
    const asCaller = { invoker: true };
    const rows = [
      table,
      relation("direct", ["t"], "view", { owner: "ann" }),
      relation("caller", ["t"], "view", asCaller),
      relation("caller over owner", ["direct"], "view", asCaller),
      relation("owner over caller", ["caller"], "view", { owner: "bob" }),
      relation("over both", ["direct", "caller over owner", "owner over caller"], "view", { owner: "bob" }),
      relation("kept", ["caller"], "matview", { owner: "carl" }),
      relation("over kept", ["kept"]),
      relation("kept again", ["kept"], "matview"),
      relation("kept and direct", ["kept", "direct"], "view", asCaller),
    ];

    const found = protectedViews.parse(rows).map(({ view, readsAs }) => [view, readsAs]);

    expect(Object.fromEntries(found)).toEqual({
      direct: ["ann"],
      caller: [null],
      "caller over owner": ["ann"],
      "owner over caller": [null],
      "over both": [null, "ann"],
      kept: ["carl"],
      "over kept": [],
      "kept again": [],
      "kept and direct": ["ann"],
    });
  });

  it("carries the rights of every view of a circle round it, and ends", () => {
    const circle = Array.from({ length: 40 }, (_, index) =>
      relation(`v${index}`, ["t", `v${(index + 39) % 40}`], "view", { owner: `owner${index % 3}` }),
    );

    const found = protectedViews.parse([relation("t", [], "table"), ...circle]);

    expect(found).toHaveLength(40);
    expect(new Set(found.map(({ readsAs }) => readsAs.join()))).toEqual(new Set(["owner0,owner1,owner2"]));
  });

  it("comes back from a circle", () => {
    const rows = [relation("t", [], "table"), relation("a", ["t", "b"]), relation("b", ["a"])];

    expect(protectedViews.parse(rows).map(({ view, depth }) => [view, depth])).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
  });
});
