import type { Canary } from "../../model/policy.ts";
import type { CanaryLook } from "../../model/canaryEvidence.ts";
import type { Verdict } from "../../model/finding.ts";
import { defineControl, fail, type Gap, pass, subjectOf, unknownWithout } from "../control.ts";
import { canariesOf } from "./canariesOf.ts";

export const rlsCanary = defineControl({
  meta: {
    id: "rls-canary",
    title: "A seeded foreign row is invisible to the application role",
    severity: "high",
    requires: ["canaries"],
    appliesTo: ["canaryConfigured"],
    frameworks: {
      published: { cisPostgresql: ["4.7"] },
      proposed: {
        mcsb: ["DP-2"],
        nist80053r5: ["AC-3", "CA-2"],
        pciDss401: ["7.2.6", "11.4"],
        iso27001_2022: ["A.8.3"],
      },
    },
    rationale:
      "Every other control of this section reads what row security says; this one tries what it does. pgwarden's login becomes the application's role in a read-only transaction and looks for a row of somebody else. It needs a membership with SET for that, in effect the application's read access while it looks (before PostgreSQL 16 at all times), and it runs the functions of the policies: name only tables whose owners are trusted. pgwarden cannot see by itself whether the row exists, so a pass means little without a witness: a role that must see it.",
    remediation: {
      sql: `-- Most often row security is off, or the role owns the table; then:
alter table "<schema>"."<table>" enable row level security, force row level security;
-- Otherwise a policy lets the row through, or the role has BYPASSRLS: rls-always-true and rls-app-can-bypass name it.`,
    },
  },

  evaluate({ canaries }, policy, { server }) {
    const looks = new Map(canaries.map((look) => [look.name, look]));
    return canariesOf(policy, server.name).map((canary) => judge(canary, looks.get(canary.name)));
  },
});

function judge(canary: Canary, look: CanaryLook | undefined): Verdict | Gap {
  const { name, role, database, table, where, witness } = canary;
  const subject = subjectOf("canary", name);
  if (look === undefined) return unknownWithout(subject, "canaries", `canary ${name} was not looked for.`);
  if (look.state === "failed") return unknownWithout(subject, "canaries", `canary ${name}: ${look.detail}`);

  // Values may be somebody's data: only columns are named.
  const columns = Object.keys(where);
  const row = columns.length === 0 ? "a row" : `the row with that ${columns.join(", ")}`;
  const what = `${row} of table ${table} in database ${database}`;
  if (look.visible) return fail(subject, `Canary ${name}: role ${role} sees ${what}.`);
  if (witness === null)
    return pass(subject, `Canary ${name}: role ${role} does not see ${what}; no witness proves that it is there.`);
  return look.witnessed === true
    ? pass(subject, `Canary ${name}: role ${role} does not see ${what}, and ${witness.role} does.`)
    : unknownWithout(subject, "canaries", `canary ${name}: witness ${witness.role} does not see ${what} either.`);
}
