import { collected } from "../../../shared/collect/section.ts";
import { tlsProbePlaintextRefused } from "../../../shared/controls/tls/tlsProbePlaintextRefused.ts";
import { testControl } from "../testControl.ts";

testControl(tlsProbePlaintextRefused, {
  pass: [
    {
      name: "refused",
      sections: { plaintextProbes: collected([{ port: 5432, outcome: "refused", detail: "28000" }]) },
    },
  ],
  fail: [
    {
      name: "asked for authentication on one of two ports",
      sections: {
        plaintextProbes: collected([
          { port: 5432, outcome: "refused", detail: "28000" },
          { port: 6432, outcome: "authenticationRequested", detail: "SASL" },
        ]),
      },
      subjects: ["port/6432"],
    },
  ],
  notApplicable: [{ name: "nothing was probed", sections: { plaintextProbes: collected([]) } }],
});
