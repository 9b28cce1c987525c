import type { ForeignServer } from "../../model/databaseEvidence.ts";
import { defineDatabaseControl, subjectOf, verdict } from "../control.ts";

/** Wrappers that speak PostgreSQL's protocol: they need a host and take `sslmode`. */
const postgresWrappers: ReadonlySet<string> = new Set(["postgres_fdw", "dblink_fdw"]);

export const fdwServersApproved = defineDatabaseControl({
  meta: {
    id: "fdw-servers-approved",
    title: "Foreign servers lead to approved hosts over verified TLS",
    severity: "medium",
    requires: [],
    requiresInDatabase: ["foreignServers"],
    frameworks: {
      proposed: {
        mcsb: ["NS-2", "DP-3"],
        nist80053r5: ["SC-7", "SC-8", "CA-3"],
        pciDss401: ["1.2.5", "4.2.1"],
        iso27001_2022: ["A.8.20", "A.8.24"],
      },
    },
    rationale:
      "A foreign server is a way out of the database. Rows leave it for whatever host it names, and without a verified certificate for whoever answers in that host's place, who also learns the password.",
    remediation: {
      sql: `-- "add" in place of "set" for an option that is not there yet.
alter server "<server>" options (set host '<approved host>', set sslmode 'verify-full');`,
    },
  },

  evaluateDatabase({ foreignServers }, { code: { approvedForeignHosts } }, { database }) {
    const approved = new Set(approvedForeignHosts.map((host) => host.toLowerCase()));
    return foreignServers.map((server) => {
      const found = faults(server, approved);
      const fact = `Foreign server ${server.name} (${server.wrapper}) of database ${database}`;
      return verdict(
        subjectOf("foreignServer", database, server.name),
        found.length === 0,
        found.length === 0 ? `${fact} leads where the policy approves.` : `${fact}: ${found.join(", and ")}.`,
      );
    });
  },
});

function faults({ wrapper, options }: ForeignServer, approved: ReadonlySet<string>): readonly string[] {
  const values = new Map(options.map((option) => splitOption(option)));
  const isPostgres = postgresWrappers.has(wrapper);
  // libpq takes lists in both; the address decides where it connects, the name what the certificate must say.
  const hosts = ["host", "hostaddr"].flatMap((name) => (values.get(name) ?? "").split(","));
  const named = hosts.map((host) => host.trim()).filter((host) => host !== "");
  const foreign = named.filter((host) => !approved.has(host.toLowerCase()));
  const sslmode = values.get("sslmode");
  return [
    ...(isPostgres && named.length === 0 ? ["it names no host"] : []),
    ...(foreign.length === 0 ? [] : [`no approval names the host ${foreign.join(", ")}`]),
    ...(isPostgres && sslmode !== "verify-full"
      ? [`its sslmode is ${sslmode === undefined ? "not set" : `"${sslmode}"`}; it must be "verify-full"`]
      : []),
  ];
}

function splitOption(option: string): readonly [name: string, value: string] {
  const end = option.indexOf("=");
  return [option.slice(0, end), option.slice(end + 1)];
}
