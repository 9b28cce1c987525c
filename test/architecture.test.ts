import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { violations } from "./architecture/importRules.ts";

const root = join(__dirname, "..");

function sources(): ReadonlyMap<string, string> {
  const paths = ["shared", "functions"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => `${folder}/${path.replaceAll("\\", "/")}`),
  );
  return new Map(paths.sort().map((path) => [path, readFileSync(join(root, path), "utf8")]));
}

/** Violations of one file beside a few innocent ones that it may lead to. */
function seeded(path: string, text: string): readonly string[] {
  const neighbours = [
    "functions/http/problem.ts",
    "shared/access/closure.ts",
    "shared/azure/armReader.ts",
    "shared/collect/collectError.ts",
    "shared/collect/collector.ts",
    "shared/config/environment.ts",
    "shared/controls/control.ts",
    "shared/diff/canonical.ts",
    "shared/local/azurite.ts",
    "shared/model/server.ts",
    "shared/postgres/connect.ts",
    "shared/publish/stateStore.ts",
    "shared/runs/scanServer.ts",
    "shared/wiring.ts",
  ];
  return violations(new Map([...neighbours.map((name) => [name, ""] as const), [path, text]]));
}

describe("the architecture", () => {
  it("holds in every file", () => {
    const files = sources();

    expect(files.size).toBeGreaterThan(50);
    expect(violations(files)).toEqual([]);
  });
});

describe("violations", () => {
  it.each([
    // edges between areas, in every form that leads from file to file
    [
      "the model imports",
      "shared/model/a.ts",
      'import { b } from "../controls/control.ts";',
      "is in model and imports controls",
    ],
    [
      "a control imports an adapter",
      "shared/controls/net/a.ts",
      'import { a } from "../../azure/armReader.ts";',
      "is in controls and imports azure",
    ],
    [
      "a type counts",
      "shared/evaluate/a.ts",
      'import type { A } from "../publish/stateStore.ts";',
      "is in evaluate and imports publish",
    ],
    [
      "a type in place counts",
      "shared/access/a.ts",
      'export type A = import("../runs/scanServer.ts").A;',
      "is in access and imports runs",
    ],
    [
      "a late import counts",
      "shared/collect/a.ts",
      'export const a = () => import("../postgres/connect.ts");',
      "is in collect and imports postgres",
    ],
    [
      "a re-export counts",
      "shared/publish/a.ts",
      'export { a } from "../collect/collector.ts";',
      "is in publish and imports collect",
    ],
    [
      "the flow runs backward",
      "shared/controls/a.ts",
      'import { a } from "../diff/canonical.ts";',
      "is in controls and imports diff",
    ],
    [
      "adapters know each other",
      "shared/postgres/a.ts",
      'import { a } from "../config/environment.ts";',
      "is in postgres and imports config",
    ],
    [
      "an adapter calls a stage",
      "shared/postgres/a.ts",
      'import { a } from "../collect/collector.ts";',
      "takes more than types and errors",
    ],
    [
      "a run builds an adapter",
      "shared/runs/a.ts",
      'import { a } from "../azure/armReader.ts";',
      "is in runs and imports azure",
    ],
    [
      "a function decides",
      "functions/a.ts",
      'import { a } from "../shared/controls/control.ts";',
      "is in functions and imports controls",
    ],
    [
      "a function reads the local Azure",
      "functions/a.ts",
      'import { a } from "../shared/local/azurite.ts";',
      "is in functions and imports local",
    ],
    [
      "the wiring reads the local Azure",
      "shared/wiring.ts",
      'import { a } from "./local/azurite.ts";',
      "is in wiring and imports local",
    ],
    ["an area without a row", "shared/utils/a.ts", "export const a = 1;", "lies in utils, which has no row"],
    ["a file that is not there", "shared/publish/a.ts", 'import { a } from "./gone.ts";', "leads to no file"],
    ["a file without its ending", "shared/publish/a.ts", 'import { a } from "./stateStore";', "leads to no file"],
    [
      "an example",
      "shared/cli/a.ts",
      'import { a } from "../../examples/consumer/rotatingPool.ts";',
      "leads to no file",
    ],
    [
      "a computed import",
      "shared/runs/a.ts",
      "export const a = (name: string) => import(`./${name}.ts`);",
      "computes what it imports",
    ],
    [
      "a computed require",
      "shared/runs/a.ts",
      "declare const require: any; require(name);",
      "computes what it imports",
    ],
    ["registration by import", "shared/runs/a.ts", 'import "./scanServer.ts";', "for its effects only"],
    // packages
    ["pg outside its home", "shared/collect/a.ts", 'import { Client } from "pg";', "is in collect and imports pg"],
    [
      "an Azure SDK outside its home",
      "shared/runs/a.ts",
      'import type { TokenCredential } from "@azure/core-auth";',
      "imports @azure/core-auth",
    ],
    [
      "a file of an Azure SDK",
      "shared/wiring.ts",
      'import { a } from "@azure/storage-blob/x.js";',
      "imports @azure/storage-blob/x.js",
    ],
    [
      "@azure/functions in an adapter",
      "shared/azure/a.ts",
      'import { app } from "@azure/functions";',
      "is in azure and imports @azure/functions",
    ],
    [
      "hono outside the local Azure",
      "functions/a.ts",
      'import { Hono } from "hono";',
      "is in functions and imports hono",
    ],
    [
      "a table printer in a run",
      "shared/runs/a.ts",
      'import Table from "cli-table3";',
      "is in runs and imports cli-table3",
    ],
    [
      "valibot in a control",
      "shared/controls/a.ts",
      'import * as v from "valibot";',
      "is in controls and imports valibot",
    ],
    ["a package that nobody placed", "shared/runs/a.ts", 'import x from "left-pad";', "has no home"],
    [
      "files in a stage",
      "shared/publish/a.ts",
      'import { readFile } from "node:fs/promises";',
      "is in publish and imports node:fs/promises",
    ],
    ["sockets in a run", "shared/runs/a.ts", 'import net from "node:net";', "is in runs and imports node:net"],
    [
      "more than hashing in the core",
      "shared/diff/a.ts",
      'import { createHash, createHmac } from "node:crypto";',
      "takes createHmac from node:crypto",
    ],
    // barrels
    ["a barrel", "shared/runs/index.ts", 'export * from "./scanServer.ts";', "exports what another file declares"],
    [
      "a barrel of types",
      "shared/runs/index.ts",
      'export type { A } from "./scanServer.ts";',
      "exports what another file declares",
    ],
    [
      "a barrel in two steps",
      "shared/runs/a.ts",
      'import { a } from "./scanServer.ts"; export { a as b };',
      "exports what another file declares",
    ],
    // what the core may not do
    ["async in the core", "shared/controls/a.ts", "export async function a(): Promise<void> {}", "uses async (async)"],
    ["an async arrow in the core", "shared/diff/a.ts", "export const a = async () => 1;", "uses async (async)"],
    ["await in the core", "shared/access/a.ts", "for await (const x of y) z(x);", "uses await (async)"],
    ["promises in the core", "shared/access/a.ts", "export const a = Promise.resolve(1);", "uses Promise (async)"],
    ["a timer in the core", "shared/evaluate/a.ts", "setTimeout(() => 1, 2);", "uses setTimeout (effect)"],
    [
      "a request from the core",
      "shared/evaluate/a.ts",
      'export const a = globalThis.fetch("x");',
      "uses fetch (effect)",
    ],
    ["the process in a stage", "shared/collect/a.ts", "process.exit(1);", "uses process (process)"],
    // one home each
    ["the environment", "shared/azure/a.ts", "export const a = process.env.X;", "uses process.env (environment)"],
    [
      "the environment by text",
      "shared/runs/a.ts",
      'export const a = process["env"];',
      "uses process.env (environment)",
    ],
    ["the environment by pattern", "shared/cli/a.ts", "const { env } = process;", "uses process.env (environment)"],
    [
      "the environment by globalThis",
      "shared/wiring.ts",
      "export const a = globalThis.process.env;",
      "uses process.env (environment)",
    ],
    ["the console", "shared/runs/a.ts", 'console.log("x");', "uses console (console)"],
    ["the console as a value", "functions/a.ts", "export const log = { sink: console };", "uses console (console)"],
    ["the console by globalThis", "functions/a.ts", 'globalThis.console.log("x");', "uses console (console)"],
    ["the clock", "shared/publish/a.ts", "export const a = Date.now();", "uses Date.now (clock)"],
    ["the clock, handed on", "shared/publish/a.ts", "export const a = { now: Date.now };", "uses Date.now (clock)"],
    ["a new Date", "functions/a.ts", "export const a = new Date();", "uses new Date() (clock)"],
    ["a new Date without brackets", "functions/a.ts", "export const a = new Date;", "uses new Date() (clock)"],
    ["Date as a function", "shared/runs/a.ts", "export const a = Date();", "uses Date() (clock)"],
    ["the monotonic clock", "shared/runs/a.ts", "export const a = performance.now();", "uses performance.now (clock)"],
    ["randomness", "shared/azure/a.ts", "export const a = Math.random();", "uses Math.random (randomness)"],
    [
      "random bytes",
      "shared/postgres/a.ts",
      'import { randomBytes } from "node:crypto";',
      "uses randomBytes (randomness)",
    ],
    [
      "random ids by module",
      "shared/runs/a.ts",
      'import crypto from "node:crypto"; export const a = crypto.randomUUID();',
      "uses crypto.randomUUID (randomness)",
    ],
    [
      "random ids by global",
      "functions/a.ts",
      "export const a = crypto.randomUUID();",
      "uses crypto.randomUUID (randomness)",
    ],
  ])("catches: %s", (_, path, text, expected) => {
    const found = seeded(path, text);

    expect(found).toEqual(expect.arrayContaining([expect.stringContaining(expected)]));
    expect(found.every((sentence) => sentence.startsWith(`${path}:`))).toBe(true);
  });

  it.each([
    ["a neighbour", "shared/publish/a.ts", 'import type { A } from "./stateStore.ts";'],
    ["the model", "shared/controls/a.ts", 'import type { A } from "../model/server.ts";'],
    ["the flow", "shared/diff/a.ts", 'import { a } from "../controls/control.ts";'],
    ["the port that an adapter implements", "shared/azure/a.ts", 'import type { A } from "../publish/stateStore.ts";'],
    ["the port among values", "shared/azure/a.ts", 'import { type A, type B } from "../publish/stateStore.ts";'],
    [
      "an error that an adapter throws",
      "shared/azure/a.ts",
      'import { CollectError } from "../collect/collectError.ts";',
    ],
    ["an adapter in the wiring", "shared/wiring.ts", 'import { a } from "./azure/armReader.ts";'],
    ["the wiring in a function", "functions/a.ts", 'import { wire } from "../shared/wiring.ts";'],
    ["the local Azure in a command", "shared/cli/demo.ts", 'export const a = () => import("../local/azurite.ts");'],
    ["an SDK in its home", "shared/azure/a.ts", 'import { A } from "@azure/storage-blob";'],
    ["the functions package in a function", "functions/a.ts", 'import type { A } from "@azure/functions";'],
    ["hashing in the core", "shared/evaluate/a.ts", 'import { createHash } from "node:crypto";'],
    ["addresses in the core", "shared/controls/a.ts", 'import ipaddr from "ipaddr.js";'],
    ["triggers of the bundle", "functions/main.ts", 'import "./http/problem.ts";'],
    ["an export of its own", "shared/runs/a.ts", "const a = 1; export { a };"],
    [
      "words in texts and comments",
      "shared/controls/a.ts",
      '// await console.log(process.env)\nexport const a = "async import(x) Date.now()";',
    ],
    [
      "properties of these names",
      "shared/controls/a.ts",
      "export const a = (x: X) => x.console + x.process + x.fetch({ process: 1 });",
    ],
    ["types of promises", "shared/evaluate/a.ts", "export type A = Promise<string>;"],
    ["a date from a value", "shared/diff/a.ts", "export const a = new Date(text).getTime() - Date.parse(text);"],
    ["a clock that was handed in", "shared/runs/a.ts", "export const a = ({ now }: Ports) => now();"],
    ["randomness that was handed in", "shared/postgres/a.ts", "export const a = (o: O) => o.randomBytes(32);"],
    ["another random", "shared/publish/a.ts", "export const a = dice.random();"],
    ["the environment in its home", "shared/config/a.ts", "export const a = process.env;"],
    ["a child's environment", "shared/local/a.ts", 'export const a = { PATH: process.env["PATH"] };'],
    ["the console of a command", "shared/cli/a.ts", 'console.log("x");'],
    ["the clock in the wiring", "shared/wiring.ts", "export const now = () => new Date();"],
    ["the process in the wiring", "shared/wiring.ts", "export const a = process.version;"],
  ])("lets pass: %s", (_, path, text) => {
    expect(seeded(path, text)).toEqual([]);
  });

  it("shows by which way a function reaches the local Azure", () => {
    const files = new Map([
      ["functions/main.ts", 'import "./scan.ts";'],
      ["functions/scan.ts", 'import { wire } from "../shared/wiring.ts";'],
      ["shared/wiring.ts", 'import type { A } from "./local/azurite.ts";'],
      ["shared/local/azurite.ts", ""],
    ]);

    expect(violations(files)).toContain(
      "functions/main.ts reaches the local Azure: functions/main.ts > functions/scan.ts > shared/wiring.ts > shared/local/azurite.ts.",
    );
  });

  it("lets a command reach the local Azure that no function reaches", () => {
    const files = new Map([
      ["functions/main.ts", ""],
      ["shared/cli/demo.ts", 'import { a } from "../local/azurite.ts";'],
      ["shared/local/azurite.ts", ""],
    ]);

    expect(violations(files)).toEqual([]);
  });
});
