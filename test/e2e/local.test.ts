import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import pg from "pg";
import * as v from "valibot";
import { Report } from "../../shared/publish/reportSchema.ts";

const node = [join(process.cwd(), "node_modules/.bin/node"), "--import", "tsx", "shared/cli/main.ts", "--"] as const;
const env = { PATH: process.env["PATH"], NO_COLOR: "1" };

let directory = "";
let local: ChildProcess;
let output = "";

/** A `pgwarden local` of its own, as a newcomer starts it. */
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "pgwarden-newcomer-"));
  const [command, ...args] = [...node, "local", "--directory", directory];
  local = spawn(command, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  await new Promise<void>((resolve, reject) => {
    local.once("exit", (code) => {
      reject(new Error(`pgwarden local ended with ${String(code)}: ${output}`));
    });
    local.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes("Try: ")) resolve();
    });
  });
}, 60_000);

afterAll(async () => {
  if (local.exitCode === null && local.signalCode === null) local.kill("SIGKILL");
  await rm(directory, { recursive: true, force: true });
});

/** What psql would do with the printed command: the password comes from the file. */
async function asAdministrator(server: string, statement: string): Promise<void> {
  const command = output.split("\n").find((line) => line.includes(`host=${server}.`)) ?? "";
  const [, host = "", port = "", user = ""] =
    /host=(\S+) hostaddr=127\.0\.0\.1 port=(\d+) user=(\S+)/.exec(command) ?? [];
  const lines = (await readFile(join(directory, "pgpass"), "utf8")).trim().split("\n");
  const password = lines.find((line) => line.startsWith(`${host}:${port}:`))?.split(`:*:${user}:`)[1] ?? "";
  const ca = await readFile(join(directory, "ca.pem"), "utf8");
  const ssl = { ca, servername: host };
  const client = new pg.Client({ host: "127.0.0.1", port: Number(port), user, password, database: "postgres", ssl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function scan(): Promise<v.InferOutput<typeof Report>> {
  const [command, ...args] = [...node, "scan", "--env-file", join(directory, "local.env"), "--format", "json"];
  return new Promise((resolve, reject) => {
    execFile(command, args, { env, maxBuffer: 20_000_000 }, (error, stdout) => {
      if (error === null) resolve(v.parse(Report, JSON.parse(stdout)));
      else reject(error instanceof Error ? error : new Error("the scan failed"));
    });
  });
}

describe("a running `pgwarden local`", () => {
  it("keeps its secrets in files that only their owner reads, and prints none", async () => {
    const modes = await Promise.all(["pgpass", "local.env"].map((name) => stat(join(directory, name))));
    const passwords = (await readFile(join(directory, "pgpass"), "utf8"))
      .trim()
      .split("\n")
      .map((line) => line.split(":").at(-1));

    expect(modes.map(({ mode }) => mode & 0o777)).toEqual([0o600, 0o600]);
    expect(passwords).toHaveLength(3);
    for (const password of passwords) expect(output).not.toContain(password);
  });

  it("shows a role made by hand as drift from its baseline, in a scan beside it", async () => {
    await asAdministrator("orders", "create role by_hand login createrole");

    const { servers } = await scan();

    const drifts = servers.flatMap(({ name, drifts }) =>
      drifts.map(({ cause, comparison }) => [name, comparison, cause]),
    );
    expect(drifts.sort()).toEqual([
      ["orders", "baseline", "role/by_hand"],
      ["orders", "previous", "role/by_hand"],
    ]);
  }, 60_000);

  it("ends on Ctrl-C with 0 and leaves no server behind", async () => {
    const ports = [...output.matchAll(/port=(\d+)/g)].map(([, port]) => Number(port));
    const gone = once(local, "exit");
    local.kill("SIGINT");

    expect(await gone).toEqual([0, null]);
    for (const port of ports) {
      const client = new pg.Client({ host: "127.0.0.1", port, user: "x", password: "x", database: "postgres" });
      await expect(client.connect()).rejects.toThrow("ECONNREFUSED");
    }
  }, 30_000);
});
