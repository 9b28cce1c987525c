import { collected } from "../../../shared/collect/section.ts";
import { privDatabaseOwner } from "../../../shared/controls/priv/privDatabaseOwner.ts";
import type { DatabaseFacts } from "../../../shared/model/databaseEvidence.ts";
import { databaseFacts, policy, role } from "../../builders.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";

function server(...databases: readonly DatabaseFacts[]) {
  const roles = [role("app_owner"), role("pgadmin", { canLogIn: true }), role("ann", { canLogIn: true })];
  return { databases: collected(databases), roles: collected(roles) };
}

const approved = policy({ privileges: { approvedDatabaseOwners: ["app_owner", "ann"] } });

testControl(privDatabaseOwner, {
  pass: [
    { name: "an approved owner that cannot log in", policy: approved, sections: server(databaseFacts("app")) },
    {
      name: "the platform's, templates and databases that were left out",
      sections: server(
        databaseFacts("postgres", { owner: "azure_pg_admin" }),
        databaseFacts("azure_sys", { owner: "ann" }),
        databaseFacts("template1", { owner: "ann", template: true }),
        databaseFacts("old", { owner: "ann", allowsConnections: false }),
        databaseFacts("legacy", { owner: "ann", excluded: true }),
      ),
    },
  ],
  fail: [
    {
      name: "owners that log in, owners that nobody approved, and both",
      policy: approved,
      sections: server(
        databaseFacts("app"),
        databaseFacts("shop", { owner: "ann" }),
        databaseFacts("crm", { owner: "pgadmin" }),
        databaseFacts(odd, { owner: "oid:16401" }),
      ),
      subjects: ["database/shop", "database/crm", `database/${oddSubject}`],
      says: [
        "Database shop belongs to ann: it can log in.",
        "Database crm belongs to pgadmin: no approval names it, and it can log in.",
      ],
    },
    {
      name: "an owner without LOGIN while nothing was approved",
      sections: server(databaseFacts("app")),
      subjects: ["database/app"],
    },
  ],
  notApplicable: [{ name: "no database of an application", sections: server(databaseFacts("azure_sys")) }],
});
