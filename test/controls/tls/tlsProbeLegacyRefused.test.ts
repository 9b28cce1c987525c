import { collected } from "../../../shared/collect/section.ts";
import { tlsProbeLegacyRefused } from "../../../shared/controls/tls/tlsProbeLegacyRefused.ts";
import { testControl } from "../testControl.ts";

const refused = { port: 5432, accepted: false, detail: "alert 70" };

testControl(tlsProbeLegacyRefused, {
  pass: [
    {
      name: "both refused",
      sections: {
        legacyTlsProbes: collected([
          { ...refused, protocol: "TLSv1" },
          { ...refused, protocol: "TLSv1.1" },
        ]),
      },
    },
  ],
  fail: [
    {
      name: "one of two accepted",
      sections: {
        legacyTlsProbes: collected([
          { ...refused, protocol: "TLSv1" },
          { port: 5432, protocol: "TLSv1.1", accepted: true, detail: "TLSv1.1" },
        ]),
      },
      subjects: ["port/5432/TLSv1.1"],
    },
  ],
});
