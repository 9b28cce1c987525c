import { collected } from "../../../shared/collect/section.ts";
import { privPublicConnect } from "../../../shared/controls/priv/privPublicConnect.ts";
import type { DatabaseFacts, Grant } from "../../../shared/model/databaseEvidence.ts";
import { aclGroup, databaseFacts, grant } from "../../builders.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";

function server(facts: readonly DatabaseFacts[], ...acls: readonly (readonly [string, ...Grant[]])[]) {
  const groups = acls.map(([name, ...grants]) => aclGroup({ kind: "database", schema: null, objects: [name], grants }));
  return { databases: collected(facts), sharedAcls: collected(groups) };
}

const app = databaseFacts("app");

testControl(privPublicConnect, {
  pass: [
    { name: "grants to roles only", sections: server([app], ["app", grant("app_rw", "Tc")]) },
    {
      name: "templates, closed databases, the platform's and those left out",
      sections: server(
        [
          app,
          databaseFacts("template1", { template: true }),
          databaseFacts("template0", { template: true, allowsConnections: false }),
          databaseFacts("closed", { allowsConnections: false }),
          databaseFacts("azure_sys"),
          databaseFacts("azure_maintenance"),
          databaseFacts("legacy", { excluded: true }),
        ],
        ["app"],
        ["template1", grant(null, "c")],
        ["legacy", grant(null, "Tc")],
        ["azure_sys", grant(null, "c")],
        ["closed", grant(null, "Tc")],
      ),
    },
    {
      name: "a tablespace of the same name",
      sections: {
        databases: collected([app]),
        sharedAcls: collected([
          aclGroup({ kind: "tablespace", schema: null, objects: ["app"], grants: [grant(null, "C")] }),
          aclGroup({ kind: "database", schema: null, objects: ["app"] }),
        ]),
      },
    },
  ],
  fail: [
    {
      name: "the default of new databases, CONNECT alone and TEMPORARY alone",
      sections: server(
        [app, databaseFacts("postgres"), databaseFacts(odd), databaseFacts("kept")],
        ["app", grant(null, "Tc")],
        ["postgres", grant(null, "c")],
        [odd, grant(null, "T")],
        ["kept"],
      ),
      subjects: ["database/app", "database/postgres", `database/${oddSubject}`],
      says: ["PUBLIC has TEMPORARY, CONNECT on database app.", "PUBLIC has nothing on database kept."],
    },
  ],
  unknown: [
    {
      name: "a database that came between two statements",
      sections: server([app, databaseFacts("new")], ["app"]),
      subjects: ["database/new"],
      section: "sharedAcls",
    },
  ],
});
