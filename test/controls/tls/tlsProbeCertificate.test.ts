import { collected } from "../../../shared/collect/section.ts";
import { tlsProbeCertificate } from "../../../shared/controls/tls/tlsProbeCertificate.ts";
import { azureRoots } from "../../../shared/controls/tls/trustedRoots.ts";
import type { TlsProbe } from "../../../shared/model/probeEvidence.ts";
import type { Sections } from "../../../shared/model/section.ts";
import { policy } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { azureTlsProbe, certificate, root } from "./certificates.ts";

const strange = certificate({ subject: "CN=Corporate Root", fingerprint: "ab".repeat(32) });
const subjects = ["port/5432"];

function probed(override: Partial<TlsProbe>): Partial<Sections> {
  return { tlsProbes: collected([azureTlsProbe(override)]) };
}

/** The builders' postures are taken on 2026-11-22 at 06:00 UTC. */
function until(notAfter: string): Partial<Sections> {
  return probed({ chain: [certificate({ notAfter }), root] });
}

testControl(tlsProbeCertificate, {
  pass: [
    { name: "to an expected root, months left", sections: probed({}) },
    {
      name: "to the other expected root",
      sections: probed({ chain: [certificate(), { ...root, fingerprint: azureRoots[1] ?? "" }] }),
    },
    {
      name: "valid from this instant on",
      sections: probed({ chain: [certificate({ notBefore: "2026-11-22T06:00:00.000Z" }), root] }),
    },
    { name: "fifteen days left", sections: until("2026-12-07T06:00:00.000Z") },
    {
      name: "to a root of the policy, written with colons and capitals",
      sections: probed({ chain: [certificate(), strange] }),
      policy: policy({ tls: { trustedRoots: [Array.from({ length: 32 }, () => "AB").join(":")] } }),
    },
    {
      name: "fewer days by policy",
      sections: until("2026-11-24T06:00:00.000Z"),
      policy: policy({ tls: { certificateDaysLeft: 1 } }),
    },
  ],
  fail: [
    { name: "to another root", sections: probed({ chain: [certificate(), strange] }), subjects },
    {
      name: "an expected root sent along below a strange one",
      sections: probed({ chain: [certificate(), root, strange] }),
      subjects,
    },
    {
      name: "a chain that does not verify, although it ends well",
      sections: probed({ trusted: false, trustError: "CERT_SIGNATURE_FAILURE" }),
      subjects,
    },
    {
      name: "self-signed",
      sections: probed({ trusted: false, trustError: "DEPTH_ZERO_SELF_SIGNED_CERT", chain: [strange] }),
      subjects,
    },
    { name: "no reason given", sections: probed({ trusted: false, trustError: null }), subjects },
    {
      name: "another name",
      says: ["the certificate is for orders.postgres.database.azure.com, not"],
      sections: probed({ nameMatches: false }),
      subjects,
    },
    {
      name: "another name, in a certificate without names",
      says: ["the certificate is for CN=orders.postgres.database.azure.com, not for the server's name"],
      sections: probed({ nameMatches: false, chain: [certificate({ names: [] }), root] }),
      subjects,
    },
    { name: "exactly fourteen days left", sections: until("2026-12-06T06:00:00.000Z"), subjects },
    { name: "almost fifteen days left", sections: until("2026-12-07T05:59:59.000Z"), subjects },
    { name: "ended", sections: until("2026-11-22T05:59:59.000Z"), subjects },
    { name: "an end that cannot be read", sections: until("soon"), subjects },
    {
      name: "not yet valid",
      sections: probed({ chain: [certificate({ notBefore: "2026-11-23T00:00:00.000Z" }), root] }),
      subjects,
    },
    { name: "none", says: ["Port 5432: no certificate was shown."], sections: probed({ chain: [] }), subjects },
    {
      name: "one of two ports",
      sections: { tlsProbes: collected([azureTlsProbe(), azureTlsProbe({ port: 6432, nameMatches: false })]) },
      subjects: ["port/6432"],
    },
  ],
});
