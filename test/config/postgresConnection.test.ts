import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, describe, expect, it } from "@jest/globals";
import { ConfigError } from "../../shared/config/configError.ts";
import { postgresConnection } from "../../shared/config/postgresConnection.ts";
import { makeCertificates } from "../../shared/local/certificates.ts";

const directory = mkdtempSync(join(tmpdir(), "pgwarden-connection-"));

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function faultsOf(text: string, variables: Readonly<Record<string, string>> = {}): readonly string[] {
  try {
    postgresConnection(text, variables);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map(({ message }) => message);
  }
}

describe("postgresConnection", () => {
  it.each([
    "postgresql://auditor:p%40ss%2F@db.example.com:6000/shop",
    "postgres://auditor:p%40ss%2F@db.example.com:6000/shop?sslmode=verify-full&application_name=x",
    "postgres://db.example.com/?user=auditor&password=p%40ss%2F&port=6000&dbname=shop",
    "host=db.example.com port=6000 user=auditor password=p@ss/ dbname=shop sslmode=require",
    "  host = db.example.com  port=6000 user='auditor' password='p@ss/' dbname=shop sslrootcert=system ",
  ])("reads %s", (text) => {
    const { password, ...connection } = postgresConnection(text, {});

    expect(password.reveal()).toBe("p@ss/");
    expect(connection).toEqual({
      host: "db.example.com",
      address: null,
      port: 6000,
      database: "shop",
      role: "auditor",
      rootCertificates: null,
    });
  });

  it("starts at database postgres on port 5432, with the password of PGPASSWORD", () => {
    const connection = postgresConnection("postgres://a@[2001:db8::1]", { PGPASSWORD: "s3cret" });

    expect(connection).toMatchObject({ host: "2001:db8::1", port: 5432, database: "postgres", role: "a" });
    expect(connection.password.reveal()).toBe("s3cret");
    expect(inspect(connection) + JSON.stringify(connection)).not.toContain("s3cret");
  });

  it("unescapes quoted values as libpq does", () => {
    const { password, role } = postgresConnection(String.raw`host=db user='o\'brien' password='a b\\c'`, {});

    expect([role, password.reveal()]).toEqual(["o'brien", String.raw`a b\c`]);
  });

  it("takes the root of the certificate and the address of a tunnel", async () => {
    const file = join(directory, "root.pem");
    writeFileSync(file, (await makeCertificates(["db"])).ca);

    expect(postgresConnection(`host=db hostaddr=127.0.0.1 user=a password=p sslrootcert=${file}`, {})).toMatchObject({
      address: "127.0.0.1",
      rootCertificates: file,
    });
  });

  it.each([
    ["nothing", "", ["It is neither a postgresql:// address nor a list such as host=db.example.com user=auditor."]],
    [
      "words",
      "my database",
      ["It is neither a postgresql:// address nor a list such as host=db.example.com user=auditor."],
    ],
    ["an open quote", "host=db user=a password='p", [expect.stringContaining("It is neither")]],
    ["another scheme", "mysql://a:p@db/x", [expect.stringContaining("It is neither")]],
    ["an address that is none", "postgres://a:p/w@db", [expect.stringContaining("It is no postgresql:// address")]],
    ["a broken escape", "postgres://a:%zz@db/x", [expect.stringContaining("It is no postgresql:// address")]],
    ["several hosts", "host=db1,db2 user=a password=p", [expect.stringContaining("host is no single host name")]],
    ["a socket", "host=/var/run/postgresql user=a password=p", [expect.stringContaining("a socket has no TLS")]],
    ["a host without a name", "user=a password=p", [expect.stringContaining("host is missing")]],
    ["nobody", "postgres://db/x?password=p", ["user is missing: the role to log in with."]],
    ["no password", "postgres://a@db/x", [expect.stringContaining("password is missing; set PGPASSWORD")]],
    [
      "a port out of range",
      "host=db port=70000 user=a password=p",
      ['port is "70000"; allowed: a number from 1 to 65535.'],
    ],
    ["an address that is a name", "host=db hostaddr=x user=a password=p", ['hostaddr is "x"; allowed: an IP address.']],
    [
      "no TLS",
      "postgres://a:p@db/x?sslmode=disable",
      [expect.stringContaining('sslmode is "disable"; allowed: verify-full.')],
    ],
    ["TLS as a preference", "postgres://a:p@db/x?sslmode=prefer", [expect.stringContaining('sslmode is "prefer"')]],
    [
      "an unknown parameter",
      "host=db user=a password=p pasword=x",
      [expect.stringContaining("It holds a parameter that pgwarden does not take")],
    ],
    [
      "a root that is not there",
      "host=db user=a password=p sslrootcert=/none",
      [expect.stringContaining('sslrootcert is "/none"')],
    ],
    [
      "everything at once",
      "host=db port=x sslmode=allow",
      [
        expect.stringContaining("user is missing"),
        expect.stringContaining("password is missing"),
        expect.stringContaining("port is"),
        expect.stringContaining("sslmode is"),
      ],
    ],
  ])("refuses %s", (_name, text, faults) => {
    expect(faultsOf(text)).toEqual(faults);
  });

  it.each([
    "postgres://a:hunter2@d b/x",
    "postgres://a:1?hunter2=1@db/x",
    "host=db user=a password=hunter2 x",
    "hunter2",
    "postgres://a:hunter2/@db",
  ])("never repeats what may be a password: %s", (text) => {
    expect(faultsOf(text).join(" ")).not.toContain("hunter2");
    expect(faultsOf(text)).not.toEqual([]);
  });
});
