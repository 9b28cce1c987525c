import { extCryptoAnon } from "../../../shared/controls/code/extCryptoAnon.ts";
import { policy } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { extension, extensions, plpgsql } from "./extensionCases.ts";

const required = policy({ code: { cryptoRequired: true } });

testControl(extCryptoAnon, {
  pass: [
    { name: "pgcrypto", policy: required, sections: {}, database: extensions(plpgsql, extension("pgcrypto")) },
    { name: "anon", policy: required, sections: {}, database: extensions(extension("anon")) },
  ],
  fail: [
    {
      name: "neither",
      policy: required,
      sections: {},
      database: extensions(plpgsql, extension("pgcrypto_x")),
      subjects: ["database/app"],
    },
  ],
  notApplicable: [{ name: "data that needs none", sections: {}, database: extensions(plpgsql) }],
});
