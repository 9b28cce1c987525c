import { collected } from "../../../shared/collect/section.ts";
import { extAllowList } from "../../../shared/controls/code/extAllowList.ts";
import { parameter, policy } from "../../builders.ts";
import { testControl } from "../testControl.ts";

const approved = policy({ code: { allowedExtensions: ["pgcrypto", "PG_STAT_STATEMENTS", "uuid-ossp"] } });

function extensions(value: string) {
  return { parameters: collected([parameter("azure.extensions", value, { dataType: "Set" })]) };
}

testControl(extAllowList, {
  pass: [
    {
      name: "approved extensions in any order and case",
      policy: approved,
      sections: extensions("UUID-OSSP, pg_stat_statements,PGCRYPTO"),
    },
    { name: "some of them", policy: approved, sections: extensions("pgcrypto") },
    { name: "none", policy: approved, sections: extensions("") },
  ],
  fail: [
    {
      name: "one too many",
      policy: approved,
      sections: extensions("PGCRYPTO,DBLINK,pg_cron"),
      subjects: ["parameter/azure.extensions"],
      says: ["also lists dblink, pg_cron"],
    },
  ],
  notApplicable: [
    { name: "no list", sections: extensions("DBLINK") },
    { name: "no such parameter", policy: approved, sections: { parameters: collected([]) } },
  ],
});
