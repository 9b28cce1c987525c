import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { readDocument, repository } from "./documents.ts";

const page = readDocument("docs/operations.md");

/** The members of the union `RotationCode`, which is gone once the source is compiled. */
function codes(): readonly string[] {
  const source = readFileSync(join(repository, "shared/rotate/rotationError.ts"), "utf8");
  const union = /export type RotationCode =([^;]+);/.exec(source)?.[1] ?? "";
  return [...union.matchAll(/"([A-Z_]+)"/g)].map(([, code = ""]) => code);
}

describe("docs/operations.md", () => {
  it("explains every code of a rotation once, and no other", () => {
    const explained = [...page.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, code = ""]) => code);

    expect(codes().length).toBeGreaterThan(30);
    expect(explained.toSorted()).toEqual(codes().toSorted());
  });
});
