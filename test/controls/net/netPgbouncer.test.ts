import { collected, unavailable } from "../../../shared/collect/section.ts";
import { netPgbouncer } from "../../../shared/controls/net/netPgbouncer.ts";
import type { Sections } from "../../../shared/model/section.ts";
import { parameter, serverFacts } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { azureTlsProbe } from "../tls/certificates.ts";

const off = collected([parameter("pgbouncer.enabled", "false", { dataType: "Boolean" })]);
const on = collected([parameter("pgbouncer.enabled", "true", { dataType: "Boolean" })]);
const unreachable = unavailable("unreachable", "Nothing answered.");

const strong: Partial<Sections> = {
  parameters: on,
  plaintextProbes: collected([
    { port: 5432, outcome: "refused", detail: "28000" },
    { port: 6432, outcome: "refused", detail: "08P01" },
  ]),
  legacyTlsProbes: collected([
    { port: 6432, protocol: "TLSv1", accepted: false, detail: "alert 70" },
    { port: 6432, protocol: "TLSv1.1", accepted: false, detail: "alert 70" },
  ]),
  tlsProbes: collected([azureTlsProbe(), azureTlsProbe({ port: 6432 })]),
};

testControl(netPgbouncer, {
  pass: [
    { name: "switched off, whatever could not be probed", sections: { parameters: off, tlsProbes: unreachable } },
    { name: "every probe of the port is strong", sections: strong },
    {
      name: "weak probes of the other port are judged elsewhere",
      sections: {
        ...strong,
        plaintextProbes: collected([
          { port: 5432, outcome: "authenticationRequested", detail: "SASL" },
          { port: 6432, outcome: "refused", detail: "08P01" },
        ]),
      },
    },
  ],
  fail: [
    {
      name: "clear text is answered, although the rest could not be probed",
      sections: {
        parameters: on,
        plaintextProbes: collected([{ port: 6432, outcome: "authenticationRequested", detail: "SASL" }]),
        legacyTlsProbes: unreachable,
        tlsProbes: unreachable,
      },
      subjects: ["port/6432"],
    },
    {
      name: "an old protocol is accepted",
      sections: {
        ...strong,
        legacyTlsProbes: collected([{ port: 6432, protocol: "TLSv1.1", accepted: true, detail: "TLSv1.1" }]),
      },
      subjects: ["port/6432"],
    },
    {
      name: "the suite is weak",
      sections: {
        ...strong,
        tlsProbes: collected([
          azureTlsProbe({ port: 6432, cipher: "TLS_RSA_WITH_AES_128_CBC_SHA", protocol: "TLSv1.2", keyExchange: null }),
        ]),
      },
      subjects: ["port/6432"],
    },
    {
      name: "the certificate is for another name",
      sections: { ...strong, tlsProbes: collected([azureTlsProbe({ port: 6432, nameMatches: false })]) },
      subjects: ["port/6432"],
    },
  ],
  notApplicable: [
    { name: "the server has no such parameter", sections: { parameters: collected([]) } },
    {
      name: "the Burstable tier",
      sections: { server: collected([serverFacts({ skuTier: "Burstable" })]), parameters: on },
    },
  ],
  unknown: [
    {
      name: "switched on and unreachable",
      sections: { parameters: on, plaintextProbes: unreachable, legacyTlsProbes: unreachable, tlsProbes: unreachable },
      subjects: ["port/6432"],
      section: "plaintextProbes",
    },
    {
      name: "probed on the other port only",
      sections: { ...strong, tlsProbes: collected([azureTlsProbe()]) },
      subjects: ["port/6432"],
      section: "tlsProbes",
    },
    {
      name: "a value that is no Boolean, and no probes",
      sections: { parameters: collected([parameter("pgbouncer.enabled", "perhaps")]) },
      subjects: ["port/6432"],
      section: "plaintextProbes",
    },
  ],
});
