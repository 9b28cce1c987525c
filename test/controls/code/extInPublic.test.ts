import { extInPublic } from "../../../shared/controls/code/extInPublic.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";
import { extension, extensions, plpgsql } from "./extensionCases.ts";

testControl(extInPublic, {
  pass: [
    { name: "a schema of its own", sections: {}, database: extensions(plpgsql, extension("dblink")) },
    {
      name: "plpgsql wherever it is, and a schema whose name only begins like public",
      sections: {},
      database: extensions(extension("plpgsql", { schema: "public" }), extension("dblink", { schema: "public_ext" })),
    },
    { name: "no extension but plpgsql", sections: {}, database: extensions(plpgsql) },
  ],
  fail: [
    {
      name: "one in public beside an innocent one",
      sections: {},
      database: extensions(extension(odd, { schema: "public" }), extension("dblink")),
      subjects: [`extension/app/${oddSubject}`],
    },
  ],
});
