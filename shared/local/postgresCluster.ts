import { rename, stat, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { keepDirectory, type Account, type KeptDirectory } from "./dieWithParent.ts";
import {
  authenticationTypes,
  clusterObjects,
  databaseObjects,
  platformDatabases,
  SUPERUSER,
} from "./platformObjects.ts";
import { reachableBinaries, type PostgresBinaries } from "./postgresBinaries.ts";

/** Only in the name of the Unix socket while a cluster is made. */
const SOCKET_PORT = 5432;
const START_TIMEOUT_MS = 60_000;

/** Nothing is inherited: `PGDATA` or `LC_ALL` of the caller must not change a server. */
export const serverEnvironment = { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };

/** Templates made or in the making by this process, by path. */
const templates = new Map<string, Promise<string>>();

/**
 * Fills `<directory>/data` with a stopped cluster: initdb and the platform's own roles, databases and functions.
 *
 * @param templateDirectory where a ready cluster per major is kept and copied from; the server's account must be able to
 *   pass through it. Several processes may share it.
 */
export async function makeCluster(
  major: number,
  binaries: PostgresBinaries,
  directory: KeptDirectory,
  options: { readonly account: Account | null; readonly templateDirectory: string | null },
  signal?: AbortSignal,
): Promise<void> {
  if (options.templateDirectory === null) return initialise(major, binaries, directory, signal);
  const template = await templateOf(major, binaries, options.account, options.templateDirectory);
  await directory.run(
    {
      name: `Copying PostgreSQL ${major}`,
      command: ["cp", "-a", template, join(directory.path, "data")],
      stopSignal: "TERM",
      timeoutMs: START_TIMEOUT_MS,
    },
    signal,
  );
}

/** `local` line and map that let us, and nobody else, be the superuser through the socket in the kept directory. */
export const superuserRule = `local all ${SUPERUSER} peer map=platform`;

export function superuserMap(): string {
  return `platform "${userInfo().username.replaceAll('"', '""')}" ${SUPERUSER}\n`;
}

function templateOf(
  major: number,
  binaries: PostgresBinaries,
  account: Account | null,
  templateDirectory: string,
): Promise<string> {
  const uid = account?.uid ?? process.getuid?.() ?? 0;
  const path = join(templateDirectory, `pg${major}-uid${uid}`);
  const known = templates.get(path);
  if (known !== undefined) return known;
  const made = makeTemplate(major, binaries, account, path);
  templates.set(path, made);
  // A failed one is made anew next time.
  made.catch(() => templates.delete(path));
  return made;
}

async function makeTemplate(
  major: number,
  binaries: PostgresBinaries,
  account: Account | null,
  path: string,
): Promise<string> {
  if (await exists(path)) return path;
  const directory = keepDirectory(`pgwarden-initdb${major}-`, account, serverEnvironment);
  try {
    await initialise(major, await reachableBinaries(binaries, account, directory), directory);
    await rename(join(directory.path, "data"), path).catch(async (error: unknown) => {
      // Another process was faster; its template is as good. Rename is atomic, so there is never half a template.
      if (!(await exists(path))) throw error;
    });
  } finally {
    await directory.remove();
  }
  return path;
}

async function initialise(
  major: number,
  binaries: PostgresBinaries,
  directory: KeptDirectory,
  signal?: AbortSignal,
): Promise<void> {
  const data = join(directory.path, "data");
  // "reject" is a placeholder: pg_hba.conf is replaced. --no-instructions does not exist on 13.
  const options = ["-U", SUPERUSER, "-A", "reject", "-E", "UTF8", "--locale=C", "--no-sync"];
  await directory.run(
    {
      name: `initdb of PostgreSQL ${major}`,
      command: [binaries.initdb, "-D", data, ...options],
      stopSignal: "INT",
      timeoutMs: START_TIMEOUT_MS,
    },
    signal,
  );
  // Both files exist and belong to the account; writing keeps owner and mode.
  await writeFile(join(data, "pg_hba.conf"), `${superuserRule}\n`);
  await writeFile(join(data, "pg_ident.conf"), superuserMap());
  const settings = {
    listen_addresses: "",
    port: `${SOCKET_PORT}`,
    unix_socket_directories: directory.path,
    fsync: "off",
  };
  const child = await directory.start(
    {
      name: `PostgreSQL ${major}`,
      command: [
        binaries.postgres,
        "-D",
        data,
        ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
      ],
      stopSignal: "INT",
      timeoutMs: START_TIMEOUT_MS,
      isReady: (output) => output.includes("ready to accept connections"),
    },
    signal,
  );
  await runAsSuperuser(directory.path, SOCKET_PORT, "template1", [clusterObjects, databaseObjects]);
  await runAsSuperuser(directory.path, SOCKET_PORT, "postgres", [
    databaseObjects,
    authenticationTypes,
    ...platformDatabases,
  ]);
  await child.stop();
}

async function runAsSuperuser(
  host: string,
  port: number,
  database: string,
  statements: readonly string[],
): Promise<void> {
  const client = new pg.Client({ host, port, user: SUPERUSER, database });
  await client.connect();
  try {
    // One by one: CREATE DATABASE refuses to be part of a longer message.
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
