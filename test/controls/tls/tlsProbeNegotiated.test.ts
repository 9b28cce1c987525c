import { collected } from "../../../shared/collect/section.ts";
import { tlsProbeNegotiated } from "../../../shared/controls/tls/tlsProbeNegotiated.ts";
import type { ProbedCertificate, TlsProbe } from "../../../shared/model/probeEvidence.ts";
import type { Sections } from "../../../shared/model/section.ts";
import { testControl } from "../testControl.ts";
import { azureTlsProbe, certificate } from "./certificates.ts";

function probed(override: Partial<TlsProbe>): Partial<Sections> {
  return { tlsProbes: collected([azureTlsProbe(override)]) };
}

function withKey(keyType: string, keyBits: number): Partial<Sections> {
  const leaf: ProbedCertificate = certificate({ keyType, keyBits });
  return probed({ chain: [leaf] });
}

const older = { protocol: "TLSv1.2", keyExchange: "ECDH" } as const;

testControl(tlsProbeNegotiated, {
  pass: [
    { name: "TLS 1.3", sections: probed({}) },
    { name: "TLS 1.3 with a hybrid key exchange that Node does not name", sections: probed({ keyExchange: null }) },
    {
      name: "TLS 1.2 with a strong suite",
      sections: probed({ ...older, cipher: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" }),
    },
    { name: "RSA of 2048 bits", sections: withKey("RSA", 2048) },
    { name: "EC of 256 bits", sections: withKey("ec", 256) },
    { name: "Ed25519, whose size is its own", sections: withKey("ed25519", 256) },
  ],
  fail: [
    { name: "TLS 1.1", sections: probed({ ...older, protocol: "TLSv1.1" }), subjects: ["port/5432"] },
    {
      name: "no ephemeral key exchange",
      sections: probed({ protocol: "TLSv1.2", keyExchange: null, cipher: "TLS_RSA_WITH_AES_256_GCM_SHA384" }),
      subjects: ["port/5432"],
    },
    {
      name: "a suite in CBC mode",
      sections: probed({ ...older, cipher: "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384" }),
      subjects: ["port/5432"],
    },
    { name: "RSA of 1024 bits", sections: withKey("rsa", 1024), subjects: ["port/5432"] },
    { name: "EC of 224 bits", sections: withKey("ec", 224), subjects: ["port/5432"] },
    { name: "a kind of key that nobody judged", sections: withKey("dsa", 4096), subjects: ["port/5432"] },
    { name: "no certificate", sections: probed({ chain: [] }), subjects: ["port/5432"] },
    {
      name: "one of two ports",
      sections: {
        tlsProbes: collected([azureTlsProbe(), azureTlsProbe({ ...older, port: 6432, cipher: "DES-CBC3-SHA" })]),
      },
      subjects: ["port/6432"],
    },
  ],
});
