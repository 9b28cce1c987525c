import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { reachIn } from "../../shared/access/membershipClosure.ts";
import { membershipGraph } from "../../shared/access/membershipGraph.ts";
import { edgeNumber, marksOnWays } from "../../shared/access/wayMarks.ts";
import { membership, role } from "../builders.ts";

const names = Array.from({ length: 12 }, (_, index) => `r${index}`);
const edge = fc.record({
  role: fc.constantFrom(...names),
  member: fc.constantFrom(...names),
  admin: fc.boolean(),
  inherit: fc.boolean(),
  set: fc.boolean(),
});

describe("marksOnWays", () => {
  it("names the marked edges and the end of the very way that reach gives", () => {
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 30 }), fc.nat(11), (edges, marking) => {
        const memberships = edges
          .filter(({ role: granted, member }) => Number(member.slice(1)) > Number(granted.slice(1)))
          .map(({ role: granted, member, ...options }) => membership(granted, member, options));
        const graph = membershipGraph(
          memberships,
          names.map((name) => role(name)),
          { versionNum: 170000 },
        );
        const numbers = memberships.map((one, index) => {
          const number = edgeNumber(graph, graph.indexOf.get(one.role) ?? 0, graph.indexOf.get(one.member) ?? 0);
          return { number, key: `${one.role}/${one.member}`, isMarked: index % (marking + 1) === 0 };
        });
        const marked = new Map(numbers.filter(({ isMarked }) => isMarked).map(({ number, key }) => [number, key]));
        const target = { kind: "role", name: "r0" } as const;

        const ways = marksOnWays(graph, target, marked);

        for (const [name, { path }] of reachIn(graph, target)) {
          const edgesOn = path.slice(1).map((granted, index) => `${granted}/${path[index] ?? ""}`);
          const keys = new Set(marked.values());
          expect([...ways.marks(name)].sort()).toEqual(edgesOn.filter((key) => keys.has(key)).sort());
          expect(ways.end(name)).toBe(path.at(-1));
          expect(ways.beforeEnd(name)).toBe(path.at(-2));
        }
      }),
    );
  });

  it("knows nothing of roles that do not reach the target", () => {
    const graph = membershipGraph([membership("a", "b")], [role("a"), role("b"), role("c")], { versionNum: 170000 });

    const ways = marksOnWays(graph, { kind: "role", name: "a" }, new Map());

    expect(ways.marks("c")).toEqual([]);
    expect(ways.end("c")).toBeUndefined();
    expect(ways.end("b")).toBe("a");
  });
});
