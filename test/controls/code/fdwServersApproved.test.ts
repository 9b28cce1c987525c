import { collected } from "../../../shared/collect/section.ts";
import { fdwServersApproved } from "../../../shared/controls/code/fdwServersApproved.ts";
import type { ForeignServer } from "../../../shared/model/databaseEvidence.ts";
import { policy } from "../../builders.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";

const approved = policy({ code: { approvedForeignHosts: ["hub.example.com", "10.1.0.4"] } });

function server(name: string, options: readonly string[], wrapper = "postgres_fdw"): ForeignServer {
  return { name, wrapper, owner: "app_owner", options };
}

function servers(...items: readonly ForeignServer[]) {
  return { foreignServers: collected(items) };
}

const verified = "sslmode=verify-full";

testControl(fdwServersApproved, {
  pass: [
    {
      name: "approved hosts over verified TLS, in capitals, several, or by address",
      policy: approved,
      sections: {},
      database: servers(
        server("a", ["host=HUB.example.com", verified]),
        server("b", ["host=hub.example.com, hub.example.com", "hostaddr=10.1.0.4", verified]),
      ),
    },
    {
      name: "wrappers that speak something else, with an approved host or none",
      policy: approved,
      sections: {},
      database: servers(
        server("files", ["filename=<redacted>"], "file_fdw"),
        server("other", ["host=hub.example.com"], "tds_fdw"),
      ),
    },
  ],
  fail: [
    {
      name: "another host, another address and one too many, beside an innocent server",
      policy: approved,
      sections: {},
      database: servers(
        server("innocent", ["host=hub.example.com", verified]),
        server(odd, ["host=hub.example.com.evil.example", verified]),
        server("address", ["host=hub.example.com", "hostaddr=10.1.0.5", verified]),
        server("list", ["host=hub.example.com,evil.example", verified]),
        server("tds", ["host=evil.example"], "tds_fdw"),
      ),
      subjects: [oddSubject, "address", "list", "tds"].map((name) => `foreignServer/app/${name}`),
      says: ["no approval names the host hub.example.com.evil.example"],
    },
    {
      name: "TLS that verifies no name, none at all, and no host",
      policy: approved,
      sections: {},
      database: servers(
        server("ca", ["host=hub.example.com", "sslmode=verify-ca"]),
        server("unset", ["host=hub.example.com"], "dblink_fdw"),
        server("hostless", [verified]),
      ),
      subjects: ["ca", "unset", "hostless"].map((name) => `foreignServer/app/${name}`),
      says: ['its sslmode is "verify-ca"', "its sslmode is not set", "it names no host"],
    },
    {
      name: "any host while no list approves one",
      sections: {},
      database: servers(server("a", ["host=hub.example.com", verified])),
      subjects: ["foreignServer/app/a"],
    },
  ],
  notApplicable: [{ name: "no server", sections: {}, database: servers() }],
});
