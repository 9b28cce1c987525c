import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { snapshotFileBytes } from "../../shared/cli/snapshotFile.ts";
import { collected } from "../../shared/collect/section.ts";
import { catalogue } from "../../shared/controls/catalogue.ts";
import { snapshotOf } from "../../shared/diff/snapshot.ts";
import { posture, role } from "../builders.ts";

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const root = process.cwd();

/** The real program in a process of its own, with nothing of our environment but the path. */
function pgwarden(
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
  nodeOptions: readonly string[] = [],
): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd: root, env: { PATH: process.env["PATH"], NO_COLOR: "1", ...variables } };
    const command = [...nodeOptions, "--import", "tsx", "shared/cli/main.ts", "--", ...args];
    execFile(join(root, "node_modules/.bin/node"), command, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}

let directory = "";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "pgwarden-cli-"));
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe("pgwarden", () => {
  it("shows its commands and exit codes with --help", async () => {
    const { code, stdout } = await pgwarden(["--help"]);

    expect(code).toBe(0);
    const commands = stdout.slice(stdout.indexOf("Commands:")).matchAll(/^ {2}([a-z]+) /gm);
    expect([...commands].map(([, command]) => command)).toEqual([
      ...["demo", "local", "serve", "scan", "snapshot", "diff", "access", "baseline", "controls"],
      ...["rotate", "recover", "credentials", "doctor", "audit"],
      "help",
    ]);
    expect(stdout).toContain("Exit codes: 0 done");
  });

  it.each([
    ["an unknown command", ["frobnicate"], "unknown command 'frobnicate'"],
    ["an unknown option", ["scan", "--frob"], "unknown option '--frob'"],
    ["a value that is not allowed", ["scan", "--format", "xml"], "Allowed choices are table, json"],
    ["a port that is no number", ["serve", "--port", "x"], "--port takes a number"],
    ["an option that is missing in a command below", ["baseline", "approve"], "required option '--server <name>'"],
    ["a snapshot that is not there", ["diff", "a.json", "b.json"], "Snapshot a.json cannot be read (ENOENT)."],
    ["an unknown control", ["controls", "tls-nonsense"], 'There is no control "tls-nonsense"'],
    [
      "an environment file that is not there",
      ["scan", "--env-file", "/nonexistent/local.env"],
      "/nonexistent/local.env",
    ],
  ])("exits 2 for %s and says what is wrong", async (_name, args, message) => {
    const { code, stdout, stderr } = await pgwarden(args);

    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });

  it("reports every fault of a configuration at once, with place and allowed values", async () => {
    const config = join(directory, "faulty.yaml");
    await writeFile(config, "scope: { subscriptions: [not-a-uuid] }\npolicy: { tls: { minimum: TLSv1.1 } }\nfrob: 1\n");
    const storage = { AzureWebJobsStorage__accountName: "pgwardenstate" };

    const { code, stderr } = await pgwarden(["scan"], { ...storage, PGWARDEN_CONFIG: config });

    expect(code).toBe(2);
    expect(stderr).toContain("3 faults");
    for (const part of ["scope.subscriptions[0]", "not-a-uuid", "policy.tls.minimum", "TLSv1.2", "frob"])
      expect(stderr).toContain(part);
  });

  it.each(["demo", "local"])("exits 2 with one sentence where the embedded servers cannot run: %s", async (command) => {
    const elsewhere = "data:text/javascript,Object.defineProperty(process,'arch',{value:'arm64'})";

    const { code, stderr } = await pgwarden([command], {}, ["--import", elsewhere]);

    expect(code).toBe(2);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toContain("arm64");
  });

  it("shows what a hostile name holds instead of obeying it, and keeps it whole in JSON", async () => {
    const name = "evil\u001b[2J\u001b[31m\u202e\nrole";
    const [before, after] = [[], [role(name)]].map((roles) => snapshotOf(posture({ roles: collected(roles) })));
    const files = [before, after].map((snapshot, index) => ({
      snapshot,
      path: join(directory, `hostile${index}.json`),
    }));
    for (const { snapshot, path } of files)
      if (snapshot !== undefined) await writeFile(path, snapshotFileBytes(path, snapshot));

    const paths = files.map(({ path }) => path);
    const table = await pgwarden(["diff", ...paths]);
    const json = await pgwarden(["diff", ...paths, "--format", "json"]);
    const refused = await pgwarden(["controls", name]);

    expect([table.code, json.code, refused.code]).toEqual([1, 1, 2]);
    expect(table.stdout).toContain("evil\\u001b[2J\\u001b[31m\\u202e\\u000arole");
    expect(JSON.parse(json.stdout)).toMatchObject({ drifts: [{ cause: expect.stringContaining(name) as unknown }] });
    for (const { stdout, stderr } of [table, json, refused])
      expect((stdout + stderr).replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  });

  it("lists every control, and describes one", async () => {
    const list = await pgwarden(["controls"]);
    const one = await pgwarden(["controls", "tls-min-version", "--format", "json"]);

    expect(list.stdout.trim().split("\n")).toHaveLength(catalogue.length);
    expect(JSON.parse(one.stdout)).toMatchObject({ id: "tls-min-version", requires: ["parameters"] });
  });
});
