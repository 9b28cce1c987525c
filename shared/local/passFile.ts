import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LocalServer } from "./startLocalAzure.ts";

/** In a password file `:` and `\` are escaped (postgresql.org/docs/current/libpq-pgpass.html). */
function field(text: string): string {
  return text.replaceAll(/[\\:]/g, (character) => `\\${character}`);
}

/**
 * Writes a libpq password file for the administrators, readable by its owner alone, so that psql can be used on the
 * local servers. @returns its path
 */
export async function writePassFile(directory: string, servers: readonly LocalServer[]): Promise<string> {
  const path = join(directory, "pgpass");
  // libpq looks a password up under the host name, also where `hostaddr` says what to connect to.
  const lines = servers.map(({ fqdn, port, administrator }) =>
    [fqdn, String(port), "*", administrator.user, administrator.password.reveal()].map(asWritten).join(":"),
  );
  await rm(path, { force: true }); // the mode holds for new files only
  await writeFile(path, `${lines.join("\n")}\n`, { mode: 0o600 });
  return path;
}

/** `*` means every database and stays as it is. */
function asWritten(text: string): string {
  return text === "*" ? text : field(text);
}

/** The psql command for one server; the password comes from the file and not from the command line. */
export function psqlCommand(directory: string, { fqdn, port, administrator }: LocalServer): string {
  const address = `host=${fqdn} hostaddr=127.0.0.1 port=${port} user=${administrator.user} dbname=postgres`;
  const tls = `sslmode=verify-full sslrootcert=${join(directory, "ca.pem")}`;
  return `PGPASSFILE=${join(directory, "pgpass")} psql "${address} ${tls}"`;
}
