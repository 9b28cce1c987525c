import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { pgwarden } from "../e2e/pgwardenProcess.ts";

const root = process.cwd();
const page = readFileSync(join(root, "docs/operations.md"), "utf8");

/** The members of the union `RotationCode`, which is gone once the source is compiled. */
function codes(): readonly string[] {
  const source = readFileSync(join(root, "shared/rotate/rotationError.ts"), "utf8");
  const union = /export type RotationCode =([^;]+);/.exec(source)?.[1] ?? "";
  return [...union.matchAll(/"([A-Z_]+)"/g)].map(([, code = ""]) => code);
}

describe("docs/operations.md", () => {
  it("explains every code of a rotation once, and no other", () => {
    const explained = [...page.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, code = ""]) => code);

    expect(codes().length).toBeGreaterThan(30);
    expect(explained.toSorted()).toEqual(codes().toSorted());
  });

  it("leads to files that are there", () => {
    const targets = [...page.matchAll(/\]\((?!https:)([^)#]+)/g)].map(([, target = ""]) => join(root, "docs", target));

    expect(targets.length).toBeGreaterThan(1);
    expect(targets.filter((target) => !existsSync(target))).toEqual([]);
  });

  it("names only commands that pgwarden has", async () => {
    const named = new Set([...page.matchAll(/`pgwarden ([a-z]+)/g)].map(([, command = ""]) => command));
    const { stdout } = await pgwarden(["--help"]);
    const known = [...stdout.matchAll(/^ {2}([a-z]+)/gm)].map(([, command = ""]) => command);

    expect(known).toContain("recover");
    expect([...named].filter((command) => !known.includes(command))).toEqual([]);
  });
});
