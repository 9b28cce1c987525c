import { collected } from "../../../shared/collect/section.ts";
import { tlsSessionCiphers } from "../../../shared/controls/tls/tlsSessionCiphers.ts";
import { catalogContext, session } from "../../builders.ts";
import { testControl } from "../testControl.ts";

const context = collected([catalogContext()]);

testControl(tlsSessionCiphers, {
  pass: [
    {
      name: "TLS 1.3, and 1.2 with a strong suite",
      sections: {
        context,
        sessions: collected([session(), session({ protocol: "TLSv1.2", cipher: "ECDHE-RSA-AES128-GCM-SHA256" })]),
      },
    },
    {
      name: "clear text and the platform are judged elsewhere",
      sections: {
        context,
        sessions: collected([
          session(),
          session({ role: "clear", tls: false, protocol: null, cipher: null }),
          session({ role: "azuresu", protocol: "TLSv1.1" }),
        ]),
      },
    },
  ],
  fail: [
    {
      name: "an old protocol, a CBC suite, a static key exchange, and nothing said",
      sections: {
        context,
        sessions: collected([
          session(),
          session({ role: "protocol", protocol: "TLSv1.1", cipher: "ECDHE-RSA-AES128-GCM-SHA256" }),
          session({ role: "cbc", protocol: "TLSv1.2", cipher: "ECDHE-RSA-AES256-SHA384" }),
          session({ role: "static", protocol: "TLSv1.2", cipher: "AES256-GCM-SHA384" }),
          session({ role: "silent", protocol: null, cipher: null }),
        ]),
      },
      subjects: ["role/cbc", "role/protocol", "role/silent", "role/static"],
    },
  ],
  notApplicable: [{ name: "no TLS session", sections: { context, sessions: collected([session({ tls: false })]) } }],
  unknown: [
    {
      name: "the login does not see other sessions",
      sections: { context: collected([catalogContext({ seesStats: false })]), sessions: collected([session()]) },
      subjects: ["server"],
      section: "sessions",
    },
  ],
});
