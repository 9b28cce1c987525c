import { collected } from "../../../shared/collect/section.ts";
import { tlsMinVersion } from "../../../shared/controls/tls/tlsMinVersion.ts";
import type { Parameter } from "../../../shared/model/armEvidence.ts";
import type { Collected } from "../../../shared/model/section.ts";
import { parameter, policy } from "../../builders.ts";
import { testControl } from "../testControl.ts";

const strict = policy({ tls: { minimum: "TLSv1.3" } });
const subjects = ["parameter/ssl_min_protocol_version"];

function minimum(value: string, pendingRestart = false): Collected<Parameter> {
  return collected([parameter("ssl_min_protocol_version", value, { pendingRestart })]);
}

testControl(tlsMinVersion, {
  pass: [
    { name: "1.2", sections: { parameters: minimum("TLSv1.2") } },
    { name: "1.2 in other letters", sections: { parameters: minimum("TLSV1.2") } },
    { name: "more than asked for", sections: { parameters: minimum("TLSv1.3") } },
    { name: "1.3 where the policy asks for it", sections: { parameters: minimum("TLSv1.3") }, policy: strict },
  ],
  fail: [
    { name: "1.1", sections: { parameters: minimum("TLSv1.1") }, subjects },
    { name: "1.0", sections: { parameters: minimum("TLSv1") }, subjects },
    { name: "no minimum", sections: { parameters: minimum("") }, subjects },
    { name: "a version that nobody knows", sections: { parameters: minimum("TLSv9") }, subjects },
    {
      name: "1.2 where the policy asks for 1.3",
      sections: { parameters: minimum("TLSv1.2") },
      policy: strict,
      subjects,
    },
    { name: "1.2 from the next restart", sections: { parameters: minimum("TLSv1.2", true) }, subjects },
  ],
  notApplicable: [{ name: "no such parameter", sections: { parameters: collected([]) } }],
});
