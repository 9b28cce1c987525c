import { collected, unavailable } from "../../../shared/collect/section.ts";
import { tlsSessionsEncrypted } from "../../../shared/controls/tls/tlsSessionsEncrypted.ts";
import type { Session } from "../../../shared/model/catalogEvidence.ts";
import { catalogContext, session } from "../../builders.ts";
import { testControl } from "../testControl.ts";

const context = collected([catalogContext()]);
const clear: Partial<Session> = { tls: false, protocol: null, cipher: null, bits: null };

testControl(tlsSessionsEncrypted, {
  pass: [
    {
      name: "TLS",
      sections: { context, sessions: collected([session(), session({ backendType: "walsender", role: "cdc" })]) },
    },
    {
      name: "clear text of the platform, of a local socket and of background work is nobody's network",
      sections: {
        context,
        sessions: collected([
          session(),
          session({ ...clear, role: "azuresu" }),
          session({ ...clear, role: "replication", backendType: "walsender" }),
          session({ ...clear, role: "pooled", network: null }),
          session({ ...clear, role: null, backendType: "autovacuum worker" }),
        ]),
      },
    },
  ],
  fail: [
    {
      name: "one group of a role among others",
      sections: {
        context,
        sessions: collected([
          session({ count: 40 }),
          session({ ...clear, count: 2, applicationName: "old-batch" }),
          session({ role: "reporting" }),
        ]),
      },
      subjects: ["role/app_rw"],
      says: [
        "Role app_rw has 42 sessions, 2 of them not on TLS: old-batch from 10.1.2.0/24.",
        "Role reporting has 1 session, all on TLS.",
      ],
    },
    {
      name: "roles with names that need encoding, many clients, and a replication client",
      sections: {
        context,
        sessions: collected([
          ...["x", "y", "z"].map((applicationName) => session({ ...clear, role: "three", applicationName })),
          ...["a", "b", "", "c", "d"].map((applicationName) => session({ ...clear, role: "50%/x", applicationName })),
          session({ ...clear, role: "cdc", backendType: "walsender" }),
        ]),
      },
      subjects: ["role/50%25%2Fx", "role/cdc", "role/three"],
      says: [
        "from 10.1.2.0/24, b from 10.1.2.0/24, a client from 10.1.2.0/24 and 2 more.",
        "3 of them not on TLS: x from 10.1.2.0/24, y from 10.1.2.0/24, z from 10.1.2.0/24.",
      ],
    },
  ],
  notApplicable: [{ name: "nobody is connected", sections: { context, sessions: collected([]) } }],
  unknown: [
    {
      name: "the login does not see other sessions",
      sections: { context: collected([catalogContext({ seesStats: false })]), sessions: collected([session()]) },
      subjects: ["server"],
      section: "sessions",
    },
    {
      name: "nobody knows what the login sees",
      sections: { context: collected([]), sessions: collected([session()]) },
      subjects: ["server"],
      section: "sessions",
    },
    {
      name: "the sessions were denied",
      sections: { context, sessions: unavailable("denied", "pg_read_all_stats is missing.") },
      subjects: ["server"],
      section: "sessions",
    },
  ],
});
