import { collected } from "../../../shared/collect/section.ts";
import { fdwUserMappings } from "../../../shared/controls/code/fdwUserMappings.ts";
import type { UserMapping } from "../../../shared/model/databaseEvidence.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";

function mappings(...items: readonly UserMapping[]) {
  return { userMappings: collected(items) };
}

testControl(fdwUserMappings, {
  pass: [
    {
      name: "mappings of roles, also of one that is called PUBLIC",
      sections: {},
      database: mappings({ server: "hub", role: "app_rw" }, { server: "hub", role: "PUBLIC" }),
    },
  ],
  fail: [
    {
      name: "a mapping for PUBLIC beside one of a role",
      sections: {},
      database: mappings({ server: odd, role: null }, { server: odd, role: "app_rw" }),
      subjects: [`userMapping/app/${oddSubject}`],
    },
  ],
  notApplicable: [{ name: "no mapping", sections: {}, database: mappings() }],
});
