import type { Drift } from "../../model/drift.ts";
import { defineDatabaseControl, fail, subjectOf } from "../control.ts";
import { causeKind, driftVerdicts } from "../role/driftVerdicts.ts";

export const privAclDrift = defineDatabaseControl({
  meta: {
    id: "priv-acl-drift",
    title: "ACLs equal the baseline",
    severity: "medium",
    requires: ["sharedAcls"],
    requiresInDatabase: ["acls", "defaultPrivileges"],
    appliesTo: ["baselineInForce"],
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
    const verdicts = driftVerdicts(baselineDrift, {
      isOwn: (drift) => drift.database === database && isOfPrivileges(drift),
      parts: ["sharedAcls", "acls", "defaultPrivileges"],
      database,
      equal: {
        subject: subjectOf("database", database),
        message: `No privilege in database ${database} differs from the baseline.`,
      },
    });
    const ofItself = (baselineDrift?.drifts ?? []).filter(
      (drift) => drift.database === null && isOnDatabase(drift, database),
    );
    if (ofItself.length === 0) return verdicts;
    const messages = ofItself.map(({ message }) => message).join(" ");
    return [
      ...verdicts.filter(({ outcome }) => outcome !== "pass"),
      fail(subjectOf("database", database), `Privileges on database ${database} itself differ: ${messages}`),
    ];
  },
});

/** A new object that grants what its kind grants here anyway is no drift of privileges; one that opens more is. */
function isOfPrivileges(drift: Drift): boolean {
  const kind = causeKind(drift);
  if (kind === "object") return drift.change === "added" && drift.severity !== "info" && drift.severity !== "low";
  return kind === "grant" || kind === "owner" || kind === "defaultPrivilege";
}

/** Grants on databases are the server's: one cause may meet several, of which a drift names the first 20. */
function isOnDatabase({ cause, before, after }: Drift, database: string): boolean {
  if (!cause.startsWith("grant/*/database/") && !cause.startsWith("owner/*/database/")) return false;
  const side = after ?? before;
  if (typeof side !== "object" || side === null || !("objects" in side) || !Array.isArray(side.objects)) return false;
  const isCutShort = "objectCount" in side && side.objectCount !== side.objects.length;
  return isCutShort || side.objects.includes(database);
}
