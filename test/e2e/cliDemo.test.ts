import { mkdtemp, readFile, rm } from "node:fs/promises";
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import * as v from "valibot";
import { Report } from "../../shared/publish/reportSchema.ts";

const limitMs = 90_000;

let directory = "";
let code: number | null = null;
let output = "";
let errors = "";

/** `npm start`, in a directory of its own: it leaves a report there. */
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "pgwarden-demo-"));
  const root = process.cwd();
  const words = ["--import", join(root, "node_modules/tsx/dist/loader.mjs"), join(root, "shared/cli/main.ts"), "demo"];
  const env = { PATH: process.env["PATH"], NO_COLOR: "1" };
  const demo = spawn(join(root, "node_modules/.bin/node"), words, { cwd: directory, env });
  demo.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  demo.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  code = await new Promise((resolve) => demo.once("close", resolve));
}, limitMs);

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

function chapter(number: number): string {
  const from = output.search(new RegExp(`^${number}\\. `, "m"));
  const to = output.search(new RegExp(`^${number + 1}\\. `, "m"));
  return from < 0 ? "" : output.slice(from, to < 0 ? undefined : to);
}

function queries(text: string): readonly number[] {
  const [, done, failed] = /queried (\d+) times.*; (\d+) failed/.exec(text) ?? [];
  return [Number(done), Number(failed)];
}

describe("the demo", () => {
  it("comes to its end, and tells of no trouble", async () => {
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    expect(v.is(Report, JSON.parse(await readFile(join(directory, "out/report.json"), "utf8")))).toBe(true);
    expect(chapter(11)).toMatch(/\d+ lines in 7 streams; 0 problems\./);
  });

  it("rotates a pair and the administrator under an application that no query of fails", () => {
    const text = chapter(7);

    expect(text).toMatch(/^shop: rotated\. Published is generation 1 .*: shop_a logs in\.$/m);
    expect(text).toMatch(/^orders-admin: rotated\. Published is generation 1 .*: pgadmin logs in\.$/m);
    expect(text).toMatch(/^shop: rotated\. Published is generation 2 .*: shop_b logs in\.$/m);
    const [done, failed] = queries(text);
    expect(done).toBeGreaterThan(5);
    expect(failed).toBe(0);
  });

  it("kills a rotation in the middle and recovers it, with the application none the wiser", () => {
    const text = chapter(8);

    expect(text).toContain("was ended by SIGKILL before it could publish.");
    expect(text).toMatch(/^shop +orders +alternating +shop_b .* open /m);
    expect(text).toMatch(/^shop +recovered$/m);
    expect(text).toMatch(/^shop +orders +alternating +shop_a .* healthy$/m);
    const [done, failed] = queries(text);
    expect(done).toBeGreaterThan(5);
    expect(failed).toBe(0);
  });

  it("shows the audit trail of the credential: three rotations, the last one finished by recovery", () => {
    const lines = chapter(9).split("\n");
    const states = lines.flatMap((line) => /rotation\.state +(\w+) +(\d+)/.exec(line)?.slice(1).join(" ") ?? []);

    expect(states).toEqual(["rotated 1", "rotated 2", "recovered 3"]);
    expect(lines.filter((line) => line.includes("rotation.start"))).toHaveLength(3);
  });

  it("counts rows of every rotation among those that were accepted", () => {
    expect(chapter(10)).toMatch(/^PgWardenRotation_CL +\d+$/m);
  });
});
