import { extOutdated } from "../../../shared/controls/code/extOutdated.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";
import { extension, extensions, plpgsql } from "./extensionCases.ts";

testControl(extOutdated, {
  pass: [{ name: "versions that the server offers", sections: {}, database: extensions(plpgsql, extension("dblink")) }],
  fail: [
    {
      name: "an old one, and one that is no longer offered, beside an innocent one",
      sections: {},
      database: extensions(
        plpgsql,
        extension(odd, { version: "1.9", defaultVersion: "1.10" }),
        extension("adminpack", { defaultVersion: null }),
      ),
      subjects: [`extension/app/${oddSubject}`, "extension/app/adminpack"],
      says: ["is at version 1.9; the server offers 1.10", "no longer offers it"],
    },
  ],
  notApplicable: [{ name: "no extension", sections: {}, database: extensions() }],
});
