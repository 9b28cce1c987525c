import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { gunzipSync } from "node:zlib";
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { managedCredential } from "../../../shared/azure/managedCredential.ts";
import { rotationFleet, rotator } from "../../../shared/local/rotationFleet.ts";
import { type LocalAzure, startLocalAzure } from "../../../shared/local/startLocalAzure.ts";
import { streamColumns } from "../../../shared/publish/tables.ts";
import { ledgerSetup } from "../../../shared/rotate/ledgerSql.ts";
import { tick } from "../../../shared/rotate/tick.ts";
import { pickCredential } from "../../../shared/runs/rotationPorts.ts";
import { useVariables } from "../../../shared/config/useVariables.ts";
import { wireProcess } from "../../../shared/wiring.ts";
import { testTemplates } from "../../describePostgres.ts";
import { cutPorts } from "../../rotate/faultHarness.ts";
import { pgwarden } from "../pgwardenProcess.ts";
import { loginIn } from "./storedLogins.ts";

const major = 17;
const forever = new AbortController().signal;
const names = [`shop-${major}`, `report-${major}`, `admin-${major}`] as const;

let local: LocalAzure;
let logDirectory: string;
/** Everything that anybody but the vault was told: where → text. */
const told = new Map<string, string>();

beforeAll(async () => {
  logDirectory = await mkdtemp(join(tmpdir(), "pgwarden-scan-"));
  local = await startLocalAzure({
    fleet: rotationFleet([major]),
    streams: streamColumns(),
    logDirectory,
    ...testTemplates(),
  });
  await server().asSuperuser(async (client) => {
    await client.query("create extension if not exists pg_stat_statements");
    await client.query(`set role "${rotator.name}"`);
    for (const { sql } of ledgerSetup) await client.query(sql);
  });
}, 60_000);

afterAll(async () => {
  await local.stop();
  await rm(logDirectory, { recursive: true });
});

function server() {
  const [first] = local.servers;
  if (first === undefined) throw new Error("The fleet is empty.");
  return first;
}

/** Every password that ever was, from what the vault holds. */
function passwords(): readonly string[] {
  const versions = [...local.state.vault.secrets.values()].flatMap((secret) => secret.versions);
  return [...new Set(versions.flatMap((version) => loginIn(version)?.password ?? []))];
}

/** A text and what it looks like in Base64, wherever in the encoded text it begins, in a URL, and in hexadecimal. */
function formsOf(secret: string): readonly string[] {
  const base64 = [0, 1, 2].map((before) => {
    const text = Buffer.from("x".repeat(before) + secret).toString("base64");
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + secret.length) * 8) / 6));
  });
  const url = base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"));
  return [...new Set([secret, encodeURIComponent(secret), Buffer.from(secret).toString("hex"), ...base64, ...url])];
}

/** Where a password is to be seen. */
function found(): readonly string[] {
  const forms = passwords().flatMap(formsOf);
  return [...told].filter(([, text]) => forms.some((form) => text.includes(form))).map(([where]) => where);
}

async function readBlobs(): Promise<void> {
  const environment = useVariables(local.environment);
  const service = new BlobServiceClient(environment.blobEndpoint, managedCredential(environment));
  for await (const { name: container } of service.listContainers()) {
    for await (const { name } of service.getContainerClient(container).listBlobsFlat()) {
      const bytes = await service.getContainerClient(container).getBlobClient(name).downloadToBuffer();
      const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
      told.set(`blob ${container}/${name}`, name + (isZipped ? gunzipSync(bytes) : bytes).toString());
    }
  }
}

async function readQueues(): Promise<void> {
  const environment = useVariables(local.environment);
  const service = new QueueServiceClient(environment.queueEndpoint, managedCredential(environment));
  for await (const { name } of service.listQueues()) {
    const { peekedMessageItems } = await service.getQueueClient(name).peekMessages({ numberOfMessages: 32 });
    for (const { messageId, messageText } of peekedMessageItems)
      told.set(`queue ${name} ${messageId}`, messageText + Buffer.from(messageText, "base64").toString());
  }
}

async function readServer(): Promise<void> {
  told.set("server log", await readFile(join(logDirectory, `${server().name}.log`), "utf8"));
  const { rows } = await server().asSuperuser((client) =>
    client.query<{ query: string }>("select query from pg_stat_statements"),
  );
  told.set("pg_stat_statements", rows.map(({ query }) => query).join("\n"));
}

describe("54. no password is to be seen", () => {
  it("while each strategy rotates twice, in the verbose log of its process", async () => {
    const variables = { ...local.environment, AZURE_LOG_LEVEL: "verbose" };
    for (const [count, name] of names.flatMap((each) => [[1, each] as const, [2, each] as const])) {
      for (const version of local.state.vault.secrets.get(name)?.versions ?? []) version.created -= 7 * 24 * 3600;
      const { code, stdout, stderr } = await pgwarden(["rotate", name], variables);
      told.set(`rotate ${name} ${count}`, stdout + stderr);
      expect([name, count, code]).toEqual([name, count, 0]);
    }
    for (const command of [["recover"], ["credentials", "--format", "json"]]) {
      const { stdout, stderr } = await pgwarden(command, variables);
      told.set(command.join(" "), stdout + stderr);
    }

    expect(told.get(`rotate ${names[0]} 1`)).toMatch(/azure:.*verbose|azure:.*info/);
    expect(passwords()).toHaveLength(6);
  }, 120_000);

  it("33. and 34. in an ALTER that fails: neither in its error nor in what was noted of it", async () => {
    const wired = await (await wireProcess(useVariables(local.environment), forever)).rotation();
    const { rotation, config } = wired;
    const credential = pickCredential(names[1], { config });
    const { id, name, fqdn, administrator } = server();
    const target = { id, name, host: fqdn, administratorLogin: administrator.user };
    const errors: unknown[] = [];
    const worker = cutPorts(
      {
        ...rotation,
        database: {
          async open(...args) {
            const session = await rotation.database.open(...args);
            return {
              ...session,
              run: (...call) =>
                session.run(...call).catch((error: unknown) => {
                  errors.push(error);
                  throw error;
                }),
            };
          },
        },
      },
      {
        async around(moment, _effect, effect) {
          if (moment === "before" && effect === "sql password.change")
            await server().asSuperuser((client) => client.query(`alter role "${rotator.name}" nocreaterole`));
        },
      },
    );
    const noted: unknown[] = [];
    const journal = { note: (step: unknown) => void noted.push(step), flush: () => Promise.resolve() };
    const report = await tick({ credential, server: target, wish: "rotateNow" }, worker.ports, journal, forever);
    await server().asSuperuser((client) => client.query(`alter role "${rotator.name}" createrole`));
    await wired.dispatch({ v: 1, credential: names[1], requestId: "http-for-the-scan", reason: "http" }, 0, forever);

    for (const [where, value] of Object.entries({ report, noted, errors }))
      told.set(where, inspect(value, { depth: 20, showHidden: true }) + JSON.stringify(value));
    expect(report).toMatchObject({ state: "open", intent: { role: "report" } });
    expect(errors).toHaveLength(1);
    expect(passwords()).toHaveLength(7);
  }, 60_000);

  it("in any blob, message, row, request, log or statistic", async () => {
    await Promise.all([readBlobs(), readQueues(), readServer()]);
    told.set("rows", JSON.stringify([...local.state.rule.rows]));
    told.set("requests", JSON.stringify(local.emulator.requests));

    expect(told.get("server log")).toMatch(/alter role shop_[ab] password/i);
    // A statement that was refused is logged in full; all that it shows is a verifier.
    expect(told.get("server log")).toMatch(/STATEMENT: {2}alter role report password 'SCRAM-SHA-256\$/i);
    expect(told.get("pg_stat_statements")).toMatch(/alter role (shop_[ab]|report) password/i);
    expect([...told.keys()].filter((where) => where.startsWith("blob "))).toEqual(
      expect.arrayContaining([expect.stringContaining("rotation-shop")]),
    );
    expect([...told.keys()].filter((where) => where.startsWith("queue "))).not.toEqual([]);
    expect(told.get("rows")).toContain("PgWardenRotation_CL");
    expect(found()).toEqual([]);
  }, 60_000);

  it("and one that is would be found, in clear, in Base64 at any place, in a URL and in hexadecimal", () => {
    const [secret = ""] = passwords();
    const planted = {
      clear: `password=${secret};`,
      base64: Buffer.from(`{"password":"${secret}"}`).toString("base64"),
      shifted: Buffer.from(`{"a":"${secret}"}`).toString("base64"),
      further: Buffer.from(`{"ab":"${secret}"}`).toString("base64url"),
      url: `https://x?p=${encodeURIComponent(secret)}`,
      hexadecimal: Buffer.from(secret).toString("hex"),
    };
    for (const [where, text] of Object.entries(planted)) told.set(where, text);

    expect(found()).toEqual(Object.keys(planted));
  });
});
