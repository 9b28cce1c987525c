import type { Drift } from "../../model/drift.ts";
import { defineDatabaseControl, subjectOf } from "../control.ts";
import { causeKind, driftVerdicts } from "../role/driftVerdicts.ts";

export const privAclDrift = defineDatabaseControl({
  meta: {
    id: "priv-acl-drift",
    title: "ACLs equal the baseline",
    severity: "medium",
    requires: ["sharedAcls"],
    requiresInDatabase: ["acls", "defaultPrivileges"],
    frameworks: {
      published: { cisPostgresql: ["4.6"] },
      proposed: {
        mcsb: ["PV-2"],
        nist80053r5: ["CM-3", "CM-6"],
        pciDss401: ["7.2.4", "11.5.2"],
        iso27001_2022: ["A.8.9"],
      },
    },
    rationale:
      "Single grants look harmless one by one; against the state that somebody approved they show who opened what. A grant on a system catalog is in no review of the application's own objects.",
    remediation: {
      cli: 'pgwarden baseline approve --server <server> --reason "<why the change is right>"',
      sql: `-- A grant that came; one that went is granted again.
revoke all on "<schema>"."<object>" from "<role>" cascade;`,
    },
  },

  evaluateDatabase(_evidence, _policy, { database, baselineDrift }) {
    return driftVerdicts(baselineDrift, (drift) => isAclOf(database, drift), {
      subject: subjectOf("database", database),
      message: `No privilege in database ${database} differs from the baseline.`,
    });
  },
});

/** Privileges in this database, on the database itself, and those of objects yet to be made. */
function isAclOf(database: string, drift: Drift): boolean {
  const kind = causeKind(drift);
  return drift.database === database && (kind === "acl" || kind === "defaultPrivilege");
}
