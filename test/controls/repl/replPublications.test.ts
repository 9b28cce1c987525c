import { collected } from "../../../shared/collect/section.ts";
import { replPublications } from "../../../shared/controls/repl/replPublications.ts";
import type { Publication } from "../../../shared/model/databaseEvidence.ts";
import { policy } from "../../builders.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";

const approved = policy({ replication: { approvedPublications: ["feed", "all"] } });

function publication(name: string, override: Partial<Publication> = {}): Publication {
  return { name, owner: "app_owner", allTables: false, tables: ["app.orders"], schemas: [], ...override };
}

function publications(...items: readonly Publication[]) {
  return { publications: collected(items) };
}

testControl(replPublications, {
  pass: [
    { name: "an approved publication", policy: approved, sections: {}, database: publications(publication("feed")) },
  ],
  fail: [
    {
      name: "publications without approval beside an innocent one",
      policy: approved,
      sections: {},
      database: publications(
        publication("feed"),
        publication(odd, { tables: [], schemas: ["app"] }),
        publication("empty", { tables: [] }),
        publication("wide", { tables: ["app.a", "app.b", "app.c", "app.d"] }),
      ),
      subjects: [`publication/app/${oddSubject}`, "publication/app/empty", "publication/app/wide"],
      says: ["sends schema app", "sends nothing", "sends 4 tables and schemas"],
    },
    {
      name: "one for all tables, approved or not",
      policy: approved,
      sections: {},
      database: publications(publication("all", { allTables: true, tables: [] })),
      subjects: ["publication/app/all"],
      says: ["sends all tables, later ones included"],
    },
  ],
  notApplicable: [{ name: "no publication", sections: {}, database: publications() }],
});
