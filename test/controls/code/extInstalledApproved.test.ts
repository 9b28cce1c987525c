import { extInstalledApproved } from "../../../shared/controls/code/extInstalledApproved.ts";
import { policy } from "../../builders.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";
import { extension, extensions, plpgsql } from "./extensionCases.ts";

testControl(extInstalledApproved, {
  pass: [
    { name: "what every database has", sections: {}, database: extensions(plpgsql) },
    { name: "none at all", sections: {}, database: extensions() },
    {
      name: "an approved one that reaches far",
      policy: policy({ code: { approvedExtensions: ["plpgsql", "dblink"] } }),
      sections: {},
      database: extensions(plpgsql, extension("dblink")),
    },
  ],
  fail: [
    {
      name: "extensions beside an innocent one, with what they open",
      sections: {},
      database: extensions(plpgsql, extension(odd), extension("postgres_fdw"), extension("plpython3u")),
      subjects: [`extension/app/${oddSubject}`, "extension/app/postgres_fdw", "extension/app/plpython3u"],
      says: ["It connects to other servers.", "It runs code outside the database."],
    },
    {
      name: "a name that differs in case",
      policy: policy({ code: { approvedExtensions: ["PLPGSQL"] } }),
      sections: {},
      database: extensions(plpgsql),
      subjects: ["extension/app/plpgsql"],
    },
  ],
});
